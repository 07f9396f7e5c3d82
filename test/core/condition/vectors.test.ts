import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GrowthBookClient } from "@growthbook/growthbook";
import { afterAll, beforeAll, describe, it, vi } from "vitest";
import { compileLeniently } from "../../../src/core/condition/compile.ts";
import type { Groups } from "../../../src/core/condition/groups.ts";
import { operators } from "../../../src/core/condition/operators.ts";
import { plainPaths } from "../../../src/core/condition/paths.ts";

type Case = readonly [name: string, condition: object, attributes: object, expected: boolean, groups?: Groups];

const file = join(import.meta.dirname, "../../vectors/conditions.json");
const cases: readonly Case[] = JSON.parse(readFileSync(file, "utf8")).cases;

describe("our vectors", () => {
  it.for(cases)("%s", ([, condition, attributes, expected, groups = {}], { expect }) => {
    expect(compileLeniently(condition, { resolve: plainPaths, groups }).test(attributes)).toBe(expected);
  });

  it("know every operator, where it holds and where it does not", ({ expect }) => {
    const answers = (operator: string) =>
      cases
        .filter(([, condition]) => JSON.stringify(condition).includes(`"${operator}":`))
        .map(([, , , answer]) => answer);
    for (const operator of [...operators.keys(), "$and", "$or", "$nor", "$not", "$savedGroup"]) {
      expect(new Set(answers(operator)), operator).toEqual(new Set([true, false]));
    }
  });
});

/** Where we differ from GrowthBook's SDK on purpose. */
const ours = [
  /^\$notRegex/, // it has no such operator
  /prototype|methods/, // it sees what objects inherit
  /refused/, // it matches backreferences
  /too deep/, // it has no limits
];

describe("our vectors, asked of GrowthBook's SDK", () => {
  beforeAll(() => {
    vi.spyOn(console, "error").mockImplementation(() => {});
  });
  afterAll(() => {
    vi.restoreAllMocks();
  });

  const shared = cases.filter(([name]) => !ours.some((pattern) => pattern.test(name)));
  // Its matcher goes back and tries again: 40 letters would take it minutes.
  it.for(shared.filter(([name]) => name !== "$regex that stalls others"))(
    "%s",
    ([, condition, attributes, expected, savedGroups = {}], { expect }) => {
      const growthbook = new GrowthBookClient();
      const features = { it: { defaultValue: false, rules: [{ condition, force: true }] } };
      growthbook.initSync({ payload: { features, savedGroups } as never });
      let answer = false;
      try {
        answer = growthbook.isOn("it", { attributes });
      } catch {
        // false, as ours
      }
      expect(answer).toBe(expected);
    },
  );
});
