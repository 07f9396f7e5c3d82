import type { Range } from "./draft.ts";
import { bucketOf, type HashVersion } from "./hash.ts";
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
export function armOf(arms: Allocation["arms"], bucket: number): number {
  for (let arm = 0; arm < arms.length; arm += 1) {
    const ranges = arms[arm];
    if (ranges !== undefined && owns(ranges, bucket)) return arm;
  }
  return -1;
}

/** Whether a bucket lies in one of these half-open ranges. */
export function owns(ranges: readonly Range[], bucket: number): boolean {
  for (let at = 0; at < ranges.length; at += 1) {
    const range = ranges[at];
    if (range !== undefined && bucket >= range[0] && bucket < range[1]) return true;
  }
  return false;
}

/** The arm that `value` belongs to, as an index; -1 when it belongs to none. Pure: nothing is stored. */
export const allocate = (allocation: Allocation, value: string): number =>
  armOf(allocation.arms, bucketOf(allocation.seed, value, allocation.hashVersion));

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
