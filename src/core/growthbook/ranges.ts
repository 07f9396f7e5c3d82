/** A half-open range of fractions of 1, as GrowthBook writes them. */
export type FractionRange = readonly [from: number, to: number];

/** Whether a hash lies in a range. */
export const inRange = (fraction: number, [from, to]: FractionRange): boolean => fraction >= from && fraction < to;

/** The variation whose range holds a hash, the first of several; -1 when none does. */
export const chooseVariation = (fraction: number, ranges: readonly FractionRange[]): number =>
  ranges.findIndex((range) => inRange(fraction, range));

export const equalWeights = (count: number): readonly number[] => Array.from({ length: count }, () => 1 / count);

/**
 * GrowthBook's `getBucketRanges`: what each variation owns. In floating point, in its order of additions: the last digit
 * decides for the visitor whose hash it is.
 *
 * A coverage outside 0 … 1 is brought inside; weights of another number than variations, or that do not add up to about 1,
 * are replaced by equal ones.
 */
export function bucketRanges(
  variations: number,
  coverage: number = 1,
  weights: readonly number[] | null = null,
): readonly FractionRange[] {
  const share = Math.min(1, Math.max(0, coverage));
  const total = (weights ?? []).reduce((sum, weight) => weight + sum, 0);
  const isSound = weights !== null && weights.length === variations && !(total < 0.99 || total > 1.01);
  let start = 0;
  return (isSound ? weights : equalWeights(variations)).map((weight): FractionRange => {
    const range: FractionRange = [start, start + share * weight];
    start += weight;
    return range;
  });
}
