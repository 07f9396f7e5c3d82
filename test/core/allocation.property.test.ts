import { fc, test } from "@fast-check/vitest";
import { describe, it } from "vitest";
import { allocatorOf, armOf, rangesOf } from "../../src/core/allocation.ts";
import { bucketOf } from "../../src/core/hash.ts";

const seed = fc.string({ maxLength: 20 });
const unit = fc.string({ minLength: 1, maxLength: 30, unit: "binary" });
/** Weights that sum to 10 000. */
const weights = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 6 }).map((parts) => {
  const sum = parts.reduce((total, part) => total + part, 0);
  const rounded = parts.map((part) => Math.floor((part * 10_000) / sum));
  return rounded.with(0, (rounded[0] ?? 0) + 10_000 - rounded.reduce((total, part) => total + part, 0));
});
const coverage = fc.integer({ min: 0, max: 10_000 });

const armAt = (seedText: string, unitText: string, weightsBps: readonly number[], coverageBps: number): number =>
  allocatorOf({ seed: seedText, hashVersion: 2, arms: rangesOf(weightsBps, coverageBps) })(unitText);

describe("allocation", () => {
  test.prop([seed, unit, weights, coverage, coverage])(
    "a visitor keeps their variant when coverage grows",
    (seedText, unitText, weightsBps, one, other) => {
      const before = armAt(seedText, unitText, weightsBps, Math.min(one, other));
      return before === -1 || armAt(seedText, unitText, weightsBps, Math.max(one, other)) === before;
    },
  );

  // Aimed at the boundary: random coverage meets a visitor's own bucket once in 10 000 runs.
  test.prop([seed, unit])(
    "a single arm enrols from exactly the coverage after the visitor's bucket",
    (seedText, unitText) => {
      const bucket = bucketOf(seedText, unitText);
      return (
        armAt(seedText, unitText, [10_000], bucket) === -1 && armAt(seedText, unitText, [10_000], bucket + 1) === 0
      );
    },
  );

  test.prop([weights, coverage])(
    "arms never overlap, and own together what coverage says",
    (weightsBps, coverageBps) => {
      const arms = rangesOf(weightsBps, coverageBps);
      const owned = arms.flat().reduce((sum, [from, to]) => sum + to - from, 0);
      const ordered = arms.flat().every(([, to], at) => to <= (arms.flat()[at + 1]?.[0] ?? 10_000));
      return ordered && Math.abs(owned - coverageBps) < 1e-6;
    },
  );

  test.prop([weights, fc.integer({ min: 0, max: 9999 })])(
    "with full coverage every bucket has one owner",
    (weightsBps, bucket) => {
      const arm = armOf(rangesOf(weightsBps, 10_000), bucket);
      const before = weightsBps.slice(0, arm).reduce((sum, weight) => sum + weight, 0);
      return arm >= 0 && bucket >= before && bucket < before + (weightsBps[arm] ?? 0);
    },
  );
});

/** Counts what 100 000 visitors get under each of two seeds. */
function crossTable(one: string, other: string): readonly (readonly number[])[] {
  const table = [
    [0, 0],
    [0, 0],
  ];
  for (let at = 0; at < 100_000; at += 1) {
    const id = `visitor-${at}`;
    const row = table[armAt(one, id, [5000, 5000], 10_000)];
    const column = armAt(other, id, [5000, 5000], 10_000);
    if (row !== undefined) row[column] = (row[column] ?? 0) + 1;
  }
  return table;
}

describe("100 000 visitors", () => {
  it("split as weights say, within what χ² allows at p = .001", ({ expect }) => {
    const counts = [0, 0, 0];
    const weightsBps = [5000, 3000, 2000];
    for (let at = 0; at < 100_000; at += 1) {
      const arm = armAt("split", `visitor-${at}`, weightsBps, 10_000);
      counts[arm] = (counts[arm] ?? 0) + 1;
    }
    const chi = counts.reduce((sum, count, arm) => {
      const due = (weightsBps[arm] ?? 0) * 10;
      return sum + (count - due) ** 2 / due;
    }, 0);
    expect(chi).toBeLessThan(13.82);
  });

  it("are dealt independently by different experiences: the phi coefficient of two splits is noise", ({ expect }) => {
    const [[a = 0, b = 0] = [], [c = 0, d = 0] = []] = crossTable("experience-a", "experience-b");
    const phi = (a * d - b * c) / Math.sqrt((a + b) * (c + d) * (a + c) * (b + d));
    // phi × √n is standard normal under independence: |z| < 3.29 at p = .001.
    expect(Math.abs(phi) * Math.sqrt(100_000)).toBeLessThan(3.29);
  });
});

describe("sample ratio", () => {
  it("raises false alarms at p < .001 in at most .3 % of seeds", { timeout: 30_000 }, ({ expect }) => {
    const ids = Array.from({ length: 4000 }, (_, at) => `id-${at}`);
    let alarms = 0;
    for (let run = 0; run < 1000; run += 1) {
      let first = 0;
      for (const id of ids) if (bucketOf(`seed-${run}`, id) < 5000) first += 1;
      if ((first - 2000) ** 2 / 1000 > 10.83) alarms += 1;
    }
    expect(alarms).toBeLessThanOrEqual(3);
  });
});
