import { isObject } from "../json.ts";
import { type Problem, pointerOf, problem } from "../problem.ts";

/** Limits for any document that reaches the schemas. */
const documentLimits = { depth: 40, values: 400_000 } as const;

/**
 * Refuses what is not plain JSON of reasonable depth, before anything recursive walks it: `__proto__` keys, NaN,
 * values of a language. Iterative, so that no depth can overflow the stack. Reports the first offence only.
 */
export function shapeProblem(root: unknown): Problem | null {
  const rest: { readonly value: unknown; readonly at: Place | null; readonly depth: number }[] = [
    { value: root, at: null, depth: 0 },
  ];
  let seen = 0;
  for (let item = rest.pop(); item !== undefined; item = rest.pop()) {
    const { value, at, depth } = item;
    const path = () => pointerOf(...segmentsOf(at));
    if (++seen > documentLimits.values)
      return problem("", "The file has too many values.", "Split it into several sites.");
    if (depth > documentLimits.depth)
      return problem(path(), `Nested deeper than ${documentLimits.depth} levels.`, "Flatten it.");
    if (Array.isArray(value)) {
      value.forEach(
        (member, index) => void rest.push({ value: member, at: { up: at, segment: index }, depth: depth + 1 }),
      );
    } else if (isObject(value)) {
      if (Object.hasOwn(value, "__proto__"))
        return problem(`${path()}/__proto__`, "`__proto__` can't be a key.", "Choose another name.");
      for (const [key, member] of Object.entries(value))
        rest.push({ value: member, at: { up: at, segment: key }, depth: depth + 1 });
    } else if (!isScalar(value)) {
      return problem(path(), "This is not a value that JSON has.", "Write text, a number, true, false or null.");
    }
  }
  return null;
}

interface Place {
  readonly up: Place | null;
  readonly segment: string | number;
}

function segmentsOf(place: Place | null): readonly (string | number)[] {
  const segments: (string | number)[] = [];
  for (let at = place; at !== null; at = at.up) segments.unshift(at.segment);
  return segments;
}

const isScalar = (value: unknown): boolean =>
  value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
