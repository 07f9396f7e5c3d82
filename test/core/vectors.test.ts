import { readFileSync } from "node:fs";
import { describe, it } from "vitest";
import { rangesOf } from "../../src/core/allocation.ts";
import { answerLine } from "../../src/core/door/answer-line.ts";
import { ReleaseShelf } from "../../src/core/door/release-shelf.ts";

const read = (name: string) =>
  JSON.parse(readFileSync(`${import.meta.dirname}/../vectors/${name}.json`, { encoding: "utf8" }));
const door = { nowMs: () => 0, releases: new ReleaseShelf() };
const ask = (question: object) => JSON.parse(answerLine(JSON.stringify(question), door));

interface DecisionCase {
  readonly name: string;
  readonly expected: { readonly experiences: Record<string, unknown>; readonly slots: Record<string, unknown> };
}
interface Told {
  readonly experience: string;
  readonly variant: string | null;
  readonly reason: string;
  readonly detail: string;
}

describe("decisions with reasons, for clients in other languages", () => {
  it.for(read("decisions").cases as DecisionCase[])("$name", ({ name: _, expected, ...question }, { expect }) => {
    const { trace, slots, given } = ask(question).result;
    const told = (trace as Told[]).map(({ experience, variant, reason, detail }) => [
      experience,
      [variant, reason, detail],
    ]);
    expect(Object.fromEntries(told)).toEqual(expected.experiences);
    const values = Object.entries(slots as Record<string, { value: unknown }>).map(([key, { value }]) => [key, value]);
    expect(Object.fromEntries(values)).toEqual(expected.slots);
    // The trace and the decision itself are two ways of asking: on a page they must agree.
    for (const each of given as Told[]) expect(expected.experiences[each.experience]).toContain(each.variant);
  });
});

describe("ranges, for clients in other languages", () => {
  const { caramel, growthbook } = read("ranges") as Record<string, { ranges: unknown }[]>;

  it("in buckets, by weights and coverage", ({ expect }) => {
    for (const { ranges, ...asked } of caramel ?? []) {
      const { weightsBps, coverageBps } = asked as unknown as { weightsBps: number[]; coverageBps: number };
      expect(rangesOf(weightsBps, coverageBps)).toEqual(ranges);
    }
  });

  it("in fractions, as GrowthBook has them", ({ expect }) => {
    for (const { ranges, ...asked } of growthbook ?? []) expect(ask({ ranges: asked })).toEqual({ result: ranges });
  });
});
