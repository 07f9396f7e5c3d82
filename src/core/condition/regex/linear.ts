import { anything, type CharSet, complementOf, unionOf } from "./charset.ts";
import type { Node } from "./syntax.ts";

/** The most steps that JavaScript's matcher may take from one place: in a text of 16 000 units two million, some ms. */
const fewSteps = 128;

/**
 * Whether JavaScript's own matcher, which goes back and tries again, is linear for this pattern: it is several times as
 * fast as any automaton of ours, so it gets what it can't stall on. That is what people mostly write:
 *
 * - from each place a few steps see all ways through the pattern: nothing repeats without end, little repeats at all; or
 * - it begins with `^`, so there is one place, and one class of characters repeats without end: few steps for each length.
 */
export function isLinearInJavaScript(node: Node): boolean {
  const { steps, endless } = triesOf(node);
  return steps <= fewSteps && endless <= (beginsAtStart(node) ? 1 : 0);
}

/** What going through all ways of a pattern takes, from one place, when the text fits as badly as can be. */
interface Tries {
  /** How many ways there are; what repeats without end is taken for one. */
  readonly ways: number;
  /** How many units are looked at on all ways together. */
  readonly steps: number;
  /** How many parts repeat without end. Two make it quadratic, even side by side. */
  readonly endless: number;
}

const one: Tries = { ways: 1, steps: 1, endless: 0 };
const none: Tries = { ways: 1, steps: 0, endless: 0 };
const tooMany: Tries = { ways: Number.POSITIVE_INFINITY, steps: Number.POSITIVE_INFINITY, endless: 0 };

/** All that follows is tried again for every way through what comes before. */
const inSequence = (a: Tries, b: Tries): Tries => ({
  ways: a.ways * b.ways,
  steps: a.steps + a.ways * b.steps,
  endless: a.endless + b.endless,
});

/** All are tried; but of those that begin with different characters only one gets further than its first. */
function asChoice(items: readonly Node[]): Tries {
  const tries = items.map(triesOf);
  const firsts = items.map(firstOf);
  const stepsBeside = firsts.map((first) =>
    tries.reduce((sum, { steps }, i) => sum + (mayMeet(first, firsts[i] ?? null) ? steps : 1), 0),
  );
  return {
    ways: tries.reduce((sum, { ways }) => sum + ways, 0),
    steps: Math.max(...stepsBeside),
    endless: tries.reduce((sum, { endless }) => sum + endless, 0),
  };
}

/** The units that a match must begin with; null when that is not plain to see. */
function firstOf(node: Node): CharSet | null {
  if (node.kind === "set") return node.set;
  return node.kind === "sequence" && node.items[0] ? firstOf(node.items[0]) : null;
}

const mayMeet = (a: CharSet | null, b: CharSet | null): boolean =>
  a === null || b === null || unionOf([complementOf(a), complementOf(b)]).join() !== anything.join();

function triesOf(node: Node): Tries {
  switch (node.kind) {
    case "set":
    case "assertion":
      return one;
    case "look":
      return tooMany;
    case "sequence":
      return node.items.map(triesOf).reduce(inSequence, none);
    case "choice":
      return asChoice(node.items);
    case "repeat":
      return triesOfRepeat(node.item, node.min, node.max);
  }
}

function triesOfRepeat(item: Node, min: number, max: number): Tries {
  const once = triesOf(item);
  const endless = !Number.isFinite(max);
  if (once.endless > 0 || (endless && item.kind !== "set") || min > fewSteps) return tooMany;
  if (endless) return { ways: 1, steps: min + 1, endless: 1 };
  if (max > fewSteps) return tooMany;
  let soFar = none;
  let ways = min === 0 ? 1 : 0;
  for (let times = 1; times <= max; times++) {
    soFar = inSequence(soFar, once);
    if (times >= min) ways += soFar.ways;
  }
  return { ways, steps: soFar.steps, endless: 0 };
}

const beginsAtStart = (node: Node): boolean =>
  node.kind === "sequence"
    ? node.items[0] !== undefined && beginsAtStart(node.items[0])
    : node.kind === "assertion" && node.which === "start";
