import { type CharSet, contains, lastUnit, word } from "./charset.ts";

/** What stands on one side of a place in the text. */
export const side = { edge: 0, word: 1, other: 2 } as const;
export type Side = 0 | 1 | 2;

/**
 * The code units of a pattern, sorted into classes that no set of the pattern tells apart. An automaton then has one
 * transition per class instead of 65 536.
 */
export interface Alphabet {
  /** How many classes there are. One more, of this number, stands for the text's edge. */
  readonly classes: number;
  /** The class of each unit below 256. */
  readonly latin: Uint8Array;
  /** The class of any other unit. */
  readonly classBeyondLatin: (unit: number) => number;
  /** `accepts[set * classes + class]` is 1 when the set holds the class. */
  readonly accepts: Uint8Array;
  /** What a class is to `\b`; the edge's is last. */
  readonly sides: readonly Side[];
}

const latinUnits = 256;

export function alphabetOf(sets: readonly CharSet[]): Alphabet {
  const starts = startsOf([...sets, word]);
  const bySignature = new Map<string, number>();
  const representatives: number[] = [];
  const classAt = starts.map((start) => {
    const signature = [...sets, word].map((set) => (contains(set, start) ? 1 : 0)).join("");
    const known = bySignature.get(signature);
    if (known !== undefined) return known;
    bySignature.set(signature, representatives.length);
    return representatives.push(start) - 1;
  });
  const classes = representatives.length;
  const accepts = new Uint8Array(sets.length * classes);
  for (const [s, set] of sets.entries()) {
    for (const [c, unit] of representatives.entries()) if (contains(set, unit)) accepts[s * classes + c] = 1;
  }
  const classBeyondLatin = (unit: number) => classAt[lastAtMost(starts, unit)] ?? 0;
  const latin = Uint8Array.from({ length: latinUnits }, (_, unit) => classBeyondLatin(unit));
  const sides = representatives.map((unit) => (contains(word, unit) ? side.word : side.other));
  return { classes, latin, classBeyondLatin, accepts, sides: [...sides, side.edge] };
}

/** Where the sets' ranges begin and where they have just ended, sorted: between two of these nothing changes. */
function startsOf(sets: readonly CharSet[]): number[] {
  const starts = new Set([0]);
  for (const set of sets) {
    for (const [i, unit] of set.entries()) {
      const start = i % 2 === 0 ? unit : unit + 1;
      if (start <= lastUnit) starts.add(start);
    }
  }
  return [...starts].sort((a, b) => a - b);
}

/** The index of the last of `starts` that is not above `unit`. */
function lastAtMost(starts: readonly number[], unit: number): number {
  let lo = 0;
  let hi = starts.length - 1;
  while (lo < hi) {
    const middle = (lo + hi + 1) >> 1;
    if ((starts[middle] ?? 0) <= unit) lo = middle;
    else hi = middle - 1;
  }
  return lo;
}
