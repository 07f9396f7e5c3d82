/** A set of UTF-16 code units: inclusive ranges, sorted and apart from one another, as `[lo, hi, lo, hi …]`. */
export type CharSet = readonly number[];

/** The last UTF-16 code unit. JavaScript's patterns without the `u` flag see code units, not characters. */
export const lastUnit = 0xffff;

export const anything: CharSet = [0, lastUnit];
export const digit: CharSet = [48, 57];
export const word: CharSet = [48, 57, 65, 90, 95, 95, 97, 122];
/** `\s`: ECMA-262's WhiteSpace and LineTerminator. */
export const space: CharSet = [
  9, 13, 32, 32, 0xa0, 0xa0, 0x1680, 0x1680, 0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x202f, 0x205f, 0x205f, 0x3000,
  0x3000, 0xfeff, 0xfeff,
];
const lineEnd: CharSet = [10, 10, 13, 13, 0x2028, 0x2029];

export const single = (unit: number): CharSet => [unit, unit];

/** Everything that is in any of `sets`. */
export function unionOf(sets: readonly CharSet[]): CharSet {
  const ranges: [number, number][] = [];
  for (const set of sets) for (let i = 0; i < set.length; i += 2) ranges.push([set[i] ?? 0, set[i + 1] ?? 0]);
  ranges.sort((a, b) => a[0] - b[0]);
  const merged: number[] = [];
  for (const [lo, hi] of ranges) {
    const last = merged[merged.length - 1];
    if (last === undefined || lo > last + 1) merged.push(lo, hi);
    else if (hi > last) merged[merged.length - 1] = hi;
  }
  return merged;
}

/** Everything that is not in `set`. */
export function complementOf(set: CharSet): CharSet {
  const rest: number[] = [];
  let from = 0;
  for (let i = 0; i < set.length; i += 2) {
    const lo = set[i] ?? 0;
    if (lo > from) rest.push(from, lo - 1);
    from = (set[i + 1] ?? 0) + 1;
  }
  if (from <= lastUnit) rest.push(from, lastUnit);
  return rest;
}

export function contains(set: CharSet, unit: number): boolean {
  for (let i = 0; i < set.length; i += 2) {
    if (unit < (set[i] ?? 0)) return false;
    if (unit <= (set[i + 1] ?? 0)) return true;
  }
  return false;
}

/** `.`: all but the ends of lines. */
export const dot: CharSet = complementOf(lineEnd);

/** The set that `\d \D \w \W \s \S` stand for, or null for another letter. */
export function shorthand(letter: string): CharSet | null {
  switch (letter) {
    case "d":
      return digit;
    case "D":
      return complementOf(digit);
    case "w":
      return word;
    case "W":
      return complementOf(word);
    case "s":
      return space;
    case "S":
      return complementOf(space);
    default:
      return null;
  }
}
