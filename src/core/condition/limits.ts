import { type Problem, pointerOf, problem } from "../problem.ts";

/** How large a condition may be. What is larger is an error on save, and false at the edge. */
export interface ConditionLimits {
  /** Objects and lists within one another. */
  readonly maxDepth: number;
  /** Values of every kind, members of lists included. */
  readonly maxValues: number;
  /** UTF-16 code units of one text or key. */
  readonly maxTextUnits: number;
  /** UTF-16 code units of all texts and keys. */
  readonly maxAllTextUnits: number;
  /** Saved groups that a condition may take in with `$savedGroup`, those of its groups included. */
  readonly maxSavedGroups: number;
  /** Saved groups within one another. */
  readonly maxGroupDepth: number;
}

export const conditionLimits: ConditionLimits = {
  maxDepth: 64,
  maxValues: 100_000,
  maxTextUnits: 16_384,
  maxAllTextUnits: 1_000_000,
  maxSavedGroups: 100,
  maxGroupDepth: 8,
};

/** A value on its way through the walk, with the way back to the root. */
interface Step {
  readonly value: unknown;
  readonly key: string;
  readonly parent: Step | null;
  readonly depth: number;
}

/** How much has been seen so far. */
interface Tally {
  values: number;
  units: number;
}

const shorter = "Move long lists into a group, and long texts into a trait.";

/**
 * Walks a condition without recursion, so that no nesting can exhaust the stack.
 *
 * @returns the first thing that makes it too large to be compiled, or null.
 */
export function tooLarge(condition: unknown, limits: ConditionLimits): Problem | null {
  const tally: Tally = { values: 0, units: 0 };
  return walk(condition, (step) => {
    tally.values += 1;
    tally.units += step.key.length + (typeof step.value === "string" ? step.value.length : 0);
    if (step.depth > limits.maxDepth) {
      return [`The condition is nested more than ${limits.maxDepth} deep.`, "Flatten it: $and, $or and $in take many."];
    }
    if (tally.values > limits.maxValues) return [`The condition has more than ${limits.maxValues} values.`, shorter];
    if (step.key.length > limits.maxTextUnits) return ["This key is too long.", shorter];
    if (typeof step.value === "string" && step.value.length > limits.maxTextUnits) {
      return [`This text of ${step.value.length} characters is too long.`, `Use at most ${limits.maxTextUnits}.`];
    }
    if (tally.units > limits.maxAllTextUnits) return ["The condition's texts are too long together.", shorter];
    return null;
  });
}

/** The first value that is not JSON, such as NaN or half a surrogate pair, or null. Only for what is not too large. */
export const notJson = (condition: unknown): Problem | null =>
  walk(condition, ({ value, key }) => {
    if (!key.isWellFormed() || (typeof value === "string" && !value.isWellFormed())) {
      return ["This text holds half a character (a lone surrogate).", "Write whole characters."];
    }
    const isJson = ["string", "boolean", "object"].includes(typeof value) || Number.isFinite(value);
    return isJson
      ? null
      : ["This is no JSON value.", "Write a text, a finite number, true, false, null, a list or an object."];
  });

function walk(condition: unknown, judge: (step: Step) => readonly [string, string] | null): Problem | null {
  const steps: Step[] = [{ value: condition, key: "", parent: null, depth: 0 }];
  for (let step = steps.pop(); step; step = steps.pop()) {
    const { value, depth } = step;
    const found = judge(step);
    if (found) return problem(pointerTo(step), ...found);
    if (typeof value !== "object" || value === null) continue;
    for (const key of Object.keys(value)) {
      const member: unknown = Reflect.get(value, key);
      const isNested = typeof member === "object" && member !== null;
      steps.push({ value: member, key, parent: step, depth: isNested ? depth + 1 : depth });
    }
  }
  return null;
}

function pointerTo(step: Step): string {
  const keys: string[] = [];
  for (let at = step; at.parent; at = at.parent) keys.unshift(at.key.slice(0, 200));
  return pointerOf(...keys);
}
