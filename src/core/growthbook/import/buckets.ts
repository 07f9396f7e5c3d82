import type { Range } from "../../draft.ts";
import type { Bps } from "../../ids.ts";
import type { FractionRange } from "../ranges.ts";

/**
 * The buckets that GrowthBook's comparisons of fractions pick out, to the last one: a visitor at `bucket / 10 000` is in
 * exactly when GrowthBook says so. Nothing is rounded; each edge is found by the very comparison.
 */
export function bucketsIn([from, to]: FractionRange, hashVersion: number): readonly Range[] {
  const [first, end] = [firstBucket(hashVersion, (at) => at >= from), firstBucket(hashVersion, (at) => at >= to)];
  return end > first ? [[first, end]] : [];
}

/** The buckets of a rollout, which includes the hash that equals its coverage. */
export function bucketsUpTo(coverage: number, hashVersion: number): readonly Range[] {
  const end = firstBucket(hashVersion, (at) => at > coverage);
  return end > 0 ? [[0, end]] : [];
}

/** The first bucket whose fraction passes; 10 000 when none does. Fractions only grow, so halving finds it. */
function firstBucket(hashVersion: number, passes: (fraction: number) => boolean): Bps {
  // Version 1 knows a thousand places, which lie ten buckets apart.
  const [places, step] = hashVersion === 1 ? [1000, 10] : [10_000, 1];
  let [low, high] = [0, places];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (passes((middle * step) / 10_000)) high = middle;
    else low = middle + 1;
  }
  return low * step;
}

/** Ranges of arms without what an earlier arm owns: where GrowthBook's overlap, the first has it. */
export function withoutOverlaps(arms: readonly (readonly Range[])[]): readonly (readonly Range[])[] {
  const taken: Range[] = [];
  return arms.map((ranges) => {
    const free = taken.reduce((rest, range) => rest.flatMap((each) => cut(each, range)), ranges);
    taken.push(...free);
    return free;
  });
}

function cut([from, to]: Range, [start, end]: Range): readonly Range[] {
  const pieces: readonly Range[] = [
    [from, Math.min(to, start)],
    [Math.max(from, end), to],
  ];
  return pieces.filter(([low, high]) => high > low);
}

/** Weights as shares of 10 000 that add up; what rounding leaves goes to the largest remainders. Equal where there are none. */
export function sharesOf(weights: readonly number[]): readonly Bps[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const exact = weights.map((weight) => (total > 0 ? (weight / total) * 10_000 : 10_000 / weights.length));
  const shares = exact.map(Math.floor);
  const left = 10_000 - shares.reduce((sum, share) => sum + share, 0);
  const byRemainder = exact.map((_, at) => at).sort((a, b) => remainder(exact, b) - remainder(exact, a));
  for (const at of byRemainder.slice(0, left)) shares[at] = (shares[at] ?? 0) + 1;
  return shares;
}

const remainder = (exact: readonly number[], at: number): number => (exact[at] ?? 0) % 1;
