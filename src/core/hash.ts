/**
 * FNV-1a, 32 bit, over UTF-16 code units, as an unsigned integer.
 *
 * @see http://www.isthe.com/chongo/tech/comp/fnv/ (offset basis 0x811c9dc5, prime 0x01000193)
 */
export function fnv1a32(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}

/** 2 for everything of ours. 1 only for imported experiments: it makes parallel experiments depend on one another. */
export type HashVersion = 1 | 2;

/**
 * Where `value` falls among 10 000 buckets for `seed`: an integer, 0 … 9999, the same on every machine.
 *
 * GrowthBook's hash exactly, so that a site that moves over keeps every visitor in their variant. Version 1 knows only
 * 1000 places; they are spread over the 10 000 (0, 10, 20 …).
 */
export function bucketOf(seed: string, value: string, version: HashVersion = 2): number {
  return version === 2 ? fnv1a32(String(fnv1a32(seed + value))) % 10_000 : (fnv1a32(value + seed) % 1000) * 10;
}
