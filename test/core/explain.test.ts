import { describe, it } from "vitest";
import { explain } from "../../src/core/explain.ts";
import { crowd, decideFor, releaseFrom, subjectFor } from "./given.ts";

const release = releaseFrom({
  audiences: { night: { when: { "trait.readingHour": { $gte: 22 } } } },
  holdouts: { all: "5%" },
  experiences: {
    hero: {
      kind: "experiment",
      routes: ["/"],
      audience: "night",
      variants: {
        control: { weight: "50%" },
        warm: { weight: "50%", operations: [{ selector: "h1", action: "setText", value: "x" }] },
      },
    },
    rival: {
      kind: "personalization",
      routes: ["/"],
      priority: -1,
      variants: { on: { operations: [{ selector: "h1", action: "setText", value: "y" }] } },
    },
    elsewhere: {
      kind: "personalization",
      routes: ["/books/:slug"],
      variants: { on: { operations: [{ selector: "h1", action: "remove" }] } },
    },
    off: {
      kind: "personalization",
      enabled: false,
      routes: ["/"],
      variants: { on: { operations: [{ selector: "h2", action: "remove" }] } },
    },
  },
});

describe("explain", () => {
  it("says for every experience why, or why not", ({ expect }) => {
    const nadia = subjectFor({ id: "night-reader-000000002", profile: { traits: { readingHour: 23 } } });
    const told = explain(release, nadia).experiences.map(({ experience, variant, detail }) => [
      experience,
      variant,
      detail,
    ]);
    expect(told).toEqual([
      ["elsewhere", null, "route"],
      ["hero", expect.stringMatching(/control|warm/), "split"],
      ["off", null, "killed"],
      ["rival", null, "outranked"],
    ]);
  });

  it("names the facts that were read, with their values, in words", ({ expect }) => {
    const day = subjectFor({ profile: { traits: { readingHour: 11 } } });
    const hero = explain(release, day).experiences.find(({ experience }) => experience === "hero");
    const step = hero?.steps.at(-1);
    expect(step).toMatchObject({ gate: "audience_miss", result: "refused", facts: { "trait.readingHour": 11 } });
    expect(hero?.because).toBe("Not given: audience `night` does not include the visitor.");
  });

  it("agrees with what was decided, for anyone", ({ expect }) => {
    for (const id of crowd(300)) {
      const someone = { id, profile: { traits: { readingHour: id.length % 2 === 0 ? 23 : 9 } } };
      const given = decideFor(release, someone).given.map(({ experience, variant }) => `${experience}=${variant}`);
      const told = explain(release, subjectFor(someone)).experiences.flatMap(({ experience, variant }) =>
        variant === null ? [] : [`${experience}=${variant}`],
      );
      expect(told).toEqual(given);
    }
  });
});
