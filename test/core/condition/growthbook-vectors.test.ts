import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "vitest";
import { compileLeniently } from "../../../src/core/condition/compile.ts";
import type { Groups } from "../../../src/core/condition/groups.ts";
import { plainPaths } from "../../../src/core/condition/paths.ts";

type Case = readonly [name: string, condition: unknown, attributes: unknown, expected: boolean, groups?: Groups];

/** GrowthBook's own cases stay where they lie: this only reads them, where the environment says they are. */
const folder = process.env.CARAMEL_VECTORS;
const read = (from: string): readonly Case[] =>
  JSON.parse(readFileSync(join(from, "growthbook.json"), "utf8")).evalCondition;

describe.skipIf(!folder)("GrowthBook's cases", () => {
  const cases: readonly Case[] = folder ? read(folder) : [["skipped: CARAMEL_VECTORS names no folder", {}, {}, true]];
  it.for(cases)("%s", ([, condition, attributes, expected, groups = {}], { expect }) => {
    const { test } = compileLeniently(condition, { resolve: plainPaths, groups });
    expect(test(attributes)).toBe(expected);
  });
});
