import type { Range } from "./draft.ts";
import { bucketerOf, type HashVersion } from "./hash.ts";
import type { Bps } from "./ids.ts";

/**
 * The one shape of everything random: experiences, layers, holdouts, filters and namespaces are each a seed, a hash and
 * ranges of the 10 000 buckets that belong to an arm.
 */
export interface Allocation {
  readonly seed: string;
  readonly hashVersion: HashVersion;
  /** What belongs to each arm. Ranges of different arms never overlap; buckets outside them all belong to nobody. */
  readonly arms: readonly (readonly Range[])[];
}

/** The arm that owns a bucket, as an index; -1 when none does. */
export const armOf = (arms: Allocation["arms"], bucket: number): number =>
  arms.findIndex((ranges) => owns(ranges, bucket));

/** Whether a bucket lies in one of these half-open ranges. */
export function owns(ranges: readonly Range[], bucket: number): boolean {
  for (let at = 0; at < ranges.length; at += 1) {
    const range = ranges[at];
    if (range !== undefined && bucket >= range[0] && bucket < range[1]) return true;
  }
  return false;
}

/** Finds the arm that a value belongs to, as an index; -1 when it belongs to none. Pure: nothing is stored. */
export function allocatorOf({ seed, hashVersion, arms }: Allocation): (value: string) => number {
  const bucketOf = bucketerOf(seed, hashVersion);
  // One list of from, to, arm, from, to, arm …: a visitor's page reads hundreds, and each object apart is a cache miss.
  const owned = arms.flatMap((ranges, arm) => ranges.flatMap(([from, to]) => [from, to, arm]));
  return (value) => ownerOf(owned, bucketOf(value));
}

function ownerOf(owned: readonly number[], bucket: number): number {
  for (let at = 0; at < owned.length; at += 3) {
    if (bucket >= (owned[at] ?? 0) && bucket < (owned[at + 1] ?? 0)) return owned[at + 2] ?? -1;
  }
  return -1;
}

/**
 * Ranges of arms by coverage and weights: arm i starts at the sum of the weights before it and is as long as coverage ×
 * its weight.
 *
 * So raising coverage only ever adds visitors, and never moves one who was already in; changing weights moves the fewest.
 *
 * @param weightsBps sum to 10 000.
 */
export function rangesOf(weightsBps: readonly Bps[], coverageBps: Bps): readonly (readonly Range[])[] {
  let start = 0;
  return weightsBps.map((weightBps) => {
    const range: Range = [start, start + (weightBps * coverageBps) / 10_000];
    start += weightBps;
    return [range];
  });
}
