import { readFileSync } from "node:fs";
import { describe, it } from "vitest";
import { bucketOf, fnv1a32 } from "../../src/core/hash.ts";

const vectors = JSON.parse(readFileSync(`${import.meta.dirname}/../vectors/hash.json`, "utf8")) as {
  readonly cases: readonly { seed: string; value: string; version: 1 | 2; bucket: number }[];
};

describe("hash", () => {
  it("is FNV-1a: the published test values", ({ expect }) => {
    expect(fnv1a32("")).toBe(0x811c9dc5);
    expect(fnv1a32("a")).toBe(0xe40c292c);
    expect(fnv1a32("foobar")).toBe(0xbf9cf968);
  });

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
