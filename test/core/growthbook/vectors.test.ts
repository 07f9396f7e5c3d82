import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "vitest";
import { answerLine } from "../../../src/core/door/answer-line.ts";
import { ReleaseShelf } from "../../../src/core/door/release-shelf.ts";
import type { Json } from "../../../src/core/json.ts";

/** GrowthBook's own cases stay where they lie: this only reads them, where the environment says they are. */
const folder = process.env.CARAMEL_VECTORS;
type Case = readonly Json[];
const cases: Readonly<Record<string, readonly Case[]>> =
  folder === undefined ? {} : JSON.parse(readFileSync(join(folder, "growthbook.json"), "utf8"));

const door = { nowMs: () => 0, releases: new ReleaseShelf() };
const ask = (question: object): Record<string, Json> => JSON.parse(answerLine(JSON.stringify(question), door));

describe.skipIf(!folder)(
  `GrowthBook's cases through the door${folder ? "" : " (left out: CARAMEL_VECTORS names no folder)"}`,
  () => {
    it("answers every condition", ({ expect }) => {
      for (const [name, condition, attributes, expected, groups] of cases.evalCondition ?? [])
        expect(ask({ condition, attributes, groups }), String(name)).toEqual({ result: expected });
    });

    it("answers every hash", ({ expect }) => {
      for (const [seed, value, version, expected] of cases.hash ?? [])
        expect(ask({ hash: { seed, value, version } }), `${seed} ${value}`).toEqual({ result: expected });
    });

    it("answers every range, to four digits", ({ expect }) => {
      for (const [name, asked, expected] of cases.getBucketRange ?? []) {
        const [variations, coverage, weights] = asked as Case;
        const { result } = ask({ ranges: { variations, coverage, weights } });
        const rounded = (result as number[][]).map((range) => range.map((end) => Math.round(end * 1e4) / 1e4));
        expect(rounded, String(name)).toEqual(expected);
      }
    });

    it("answers every choice", ({ expect }) => {
      for (const [name, n, ranges, expected] of cases.chooseVariation ?? [])
        expect(ask({ choose: { n, ranges } }), String(name)).toEqual({ result: expected });
    });

    it("answers every namespace, as an experiment within it", ({ expect }) => {
      for (const [name, id, namespace, expected] of cases.inNamespace ?? []) {
        const experiment = { key: "any", variations: [0, 1], namespace };
        expect(ask({ growthbook: { experiment }, attributes: { id } }).inExperiment, String(name)).toBe(expected);
      }
    });
  },
);
