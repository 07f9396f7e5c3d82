const offsetBasis = 0x811c9dc5;
const prime = 0x01000193;

/** Goes on hashing from a state; the state after a seed is worth keeping, as every visitor goes on from there. */
function fnv1aFrom(state: number, text: string): number {
  let hash = state;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), prime);
  }
  return hash;
}

/**
 * FNV-1a, 32 bit, over UTF-16 code units, as an unsigned integer.
 *
 * @see http://www.isthe.com/chongo/tech/comp/fnv/ (offset basis 0x811c9dc5, prime 0x01000193)
 */
export const fnv1a32 = (text: string): number => fnv1aFrom(offsetBasis, text) >>> 0;

/** FNV-1a of an unsigned integer's decimal digits: what hashing its text gives, without making the text. */
export function fnv1aOfDigits(integer: number): number {
  // In two halves, since the engine divides by a constant quickly, but only integers that it knows to be small.
  const high = Math.floor(integer / 10_000);
  const low = integer - high * 10_000;
  return (high === 0 ? leadingDigits(offsetBasis, low) : fourDigits(leadingDigits(offsetBasis, high), low)) >>> 0;
}

/** The digits of a small integer, most significant first, no zeros in front. */
function leadingDigits(state: number, integer: number): number {
  const before = integer < 10 ? state : leadingDigits(state, (integer / 10) | 0);
  return digit(before, integer % 10);
}

function fourDigits(state: number, integer: number): number {
  const thousands = digit(state, (integer / 1000) | 0);
  const hundreds = digit(thousands, ((integer / 100) | 0) % 10);
  const tens = digit(hundreds, ((integer / 10) | 0) % 10);
  return digit(tens, integer % 10);
}

/** 48 is the code unit of "0". */
const digit = (state: number, value: number): number => Math.imul(state ^ (48 + value), prime);

/** 2 for everything of ours. 1 only for imported experiments: it makes parallel experiments depend on one another. */
export type HashVersion = 1 | 2;

/** Finds the bucket of a value for one seed. */
export type Bucketer = (value: string) => number;

/**
 * Where values fall among 10 000 buckets for `seed`: an integer, 0 … 9999, the same on every machine.
 *
 * GrowthBook's hash exactly, so that a site that moves over keeps every visitor in their variant. Version 1 knows only
 * 1000 places; they are spread over the 10 000 (0, 10, 20 …). Allocates nothing when it is asked.
 */
export function bucketerOf(seed: string, version: HashVersion = 2): Bucketer {
  if (version === 1) return (value) => ((fnv1aFrom(fnv1aFrom(offsetBasis, value), seed) >>> 0) % 1000) * 10;
  const afterSeed = fnv1aFrom(offsetBasis, seed);
  return (value) => fnv1aOfDigits(fnv1aFrom(afterSeed, value) >>> 0) % 10_000;
}

/** The bucket of one value; see `bucketerOf`, which is worth keeping where many values follow. */
export const bucketOf = (seed: string, value: string, version: HashVersion = 2): number =>
  bucketerOf(seed, version)(value);
