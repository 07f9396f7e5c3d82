import { bucketOf } from "../hash.ts";

/**
 * GrowthBook's `hash`: where `value` falls for `seed`, as a fraction of 1; `null` for a version that it does not know.
 *
 * @see https://docs.growthbook.io/lib/build-your-own#hash
 */
export const fractionOf = (seed: string, value: string, version: number): number | null =>
  version === 1 || version === 2 ? bucketOf(seed, value, version) / 10_000 : null;
