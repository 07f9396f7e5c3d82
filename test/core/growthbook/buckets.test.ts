import fc from "fast-check";
import { describe, it } from "vitest";
import { owns } from "../../../src/core/allocation.ts";
import { bucketsIn, bucketsUpTo, sharesOf, withoutOverlaps } from "../../../src/core/growthbook/import/buckets.ts";
import { bucketRanges, chooseVariation, inRange } from "../../../src/core/growthbook/ranges.ts";

/** Every place a visitor can have: GrowthBook's fraction, and our bucket of it. */
const places = (version: number): readonly (readonly [fraction: number, bucket: number])[] =>
  Array.from({ length: version === 1 ? 1000 : 10_000 }, (_, at) =>
    version === 1 ? [at / 1000, at * 10] : [at / 10_000, at],
  );

/** Edges where a last digit decides: whole places, their neighbours among doubles, and anything. */
const edge = fc.oneof(
  fc.nat(10_000).map((bps) => bps / 10_000),
  fc.nat(10_000).map((bps) => bps / 10_000 + Number.EPSILON / 4),
  fc.nat(10_000).map((bps) => (bps / 10_000) * (1 - Number.EPSILON)),
  fc.double({ min: -0.5, max: 1.5, noNaN: true }),
);
const version = fc.constantFrom(1, 2);

describe("buckets of imported ranges", () => {
  it("hold every place that GrowthBook's comparison of fractions holds, and no other", ({ expect }) => {
    fc.assert(
      fc.property(edge, edge, version, (from, to, hashVersion) => {
        const ranges = bucketsIn([from, to], hashVersion);
        const wrong = places(hashVersion).filter(
          ([fraction, bucket]) => owns(ranges, bucket) !== inRange(fraction, [from, to]),
        );
        expect(wrong).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it("of a rollout include the place that equals its coverage", ({ expect }) => {
    fc.assert(
      fc.property(edge, version, (coverage, hashVersion) => {
        const ranges = bucketsUpTo(coverage, hashVersion);
        const wrong = places(hashVersion).filter(([fraction, bucket]) => owns(ranges, bucket) !== fraction <= coverage);
        expect(wrong).toEqual([]);
      }),
      { numRuns: 200 },
    );
    expect([bucketsUpTo(0.5, 2), bucketsUpTo(0.5, 1)]).toEqual([[[0, 5001]], [[0, 5010]]]);
  });

  it("of several arms belong to the first that holds them, whatever overlaps", ({ expect }) => {
    const ranges = fc.array(fc.tuple(edge, edge), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(ranges, version, (fractions, hashVersion) => {
        const arms = withoutOverlaps(fractions.map((range) => bucketsIn(range, hashVersion)));
        for (const [fraction, bucket] of places(hashVersion)) {
          const owners = arms.flatMap((arm, index) => (owns(arm, bucket) ? [index] : []));
          const chosen = chooseVariation(fraction, fractions);
          if (String(owners) !== (chosen === -1 ? "" : String(chosen))) expect({ bucket, owners }).toBe(chosen);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("follow GrowthBook's sums of weights to the last digit", ({ expect }) => {
    // 0.1 + 0.2 is a little more than 0.3: the visitor at 0.3 belongs to the second arm, as its start says.
    const [, second, third] = bucketRanges(3, 1, [0.1, 0.2, 0.7]);
    expect([second, third].map((range) => range && bucketsIn(range, 2))).toEqual([[[1000, 3001]], [[3001, 10_000]]]);
  });
});

describe("shares of imported weights", () => {
  it("are whole basis points that add up", ({ expect }) => {
    const weights = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(weights, (each) => {
        const shares = sharesOf(each);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(10_000);
        expect(shares.every(Number.isInteger)).toBe(true);
      }),
    );
  });
});
