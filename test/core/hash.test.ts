import { readFileSync } from "node:fs";
import { fc, test } from "@fast-check/vitest";
import { describe, it } from "vitest";
import { bucketOf, fnv1a32, fnv1aOfDigits } from "../../src/core/hash.ts";

const vectors = JSON.parse(readFileSync(`${import.meta.dirname}/../vectors/hash.json`, "utf8")) as {
  readonly cases: readonly { seed: string; value: string; version: 1 | 2; bucket: number }[];
};

describe("hash", () => {
  it("is FNV-1a: the published test values", ({ expect }) => {
    expect(fnv1a32("")).toBe(0x811c9dc5);
    expect(fnv1a32("a")).toBe(0xe40c292c);
    expect(fnv1a32("foobar")).toBe(0xbf9cf968);
  });

  it("hashes an integer's digits as it hashes their text", ({ expect }) => {
    for (const edge of [0, 1, 9, 10, 99, 100, 9999, 10_000, 10_001, 99_999, 100_000, 2 ** 31, 2 ** 32 - 1]) {
      expect(fnv1aOfDigits(edge), `${edge}`).toBe(fnv1a32(String(edge)));
    }
  });

  test.prop([fc.nat({ max: 2 ** 32 - 1 })])("and so for any other", (integer) => {
    return fnv1aOfDigits(integer) === fnv1a32(String(integer));
  });

  test.prop([fc.string({ unit: "binary" }), fc.string({ unit: "binary" })])(
    "is the formula of science.md",
    (seed, value) => {
      return bucketOf(seed, value) === fnv1a32(String(fnv1a32(seed + value))) % 10_000;
    },
  );

  it.for(vectors.cases)("puts $value under $seed, version $version, into bucket $bucket", (vector, { expect }) => {
    expect(bucketOf(vector.seed, vector.value, vector.version)).toBe(vector.bucket);
  });
});

const folder = process.env.CARAMEL_VECTORS;
describe.skipIf(folder === undefined)("GrowthBook's hash vectors (left out where CARAMEL_VECTORS is not set)", () => {
  it("agrees in every case", ({ expect }) => {
    const { hash } = JSON.parse(readFileSync(`${folder}/growthbook.json`, "utf8")) as {
      hash: [string, string, number, number | null][];
    };
    for (const [seed, value, version, expected] of hash) {
      if (expected === null || (version !== 1 && version !== 2)) continue;
      expect(bucketOf(seed, value, version), `${seed} ${value} ${version}`).toBe(Math.round(expected * 10_000));
    }
  });
});
