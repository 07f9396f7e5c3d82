import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { fc, test } from "@fast-check/vitest";
import { describe, it } from "vitest";
import { compileRelease } from "../../src/core/compile.ts";
import { decide, decideAmong } from "../../src/core/decide.ts";
import type { Draft, Experience } from "../../src/core/draft.ts";
import type { JsonObject } from "../../src/core/json.ts";
import type { Subject } from "../../src/core/subject.ts";
import { draftFrom, releaseFrom, subjectFor } from "./given.ts";

const word = fc.constantFrom("fr", "de", "12", "", "true", "constructor");
const number = fc.constantFrom(-1, 0, 3, 11.5, 12, 40);
const scalar = fc.oneof(word, number, fc.boolean(), fc.constant(null));
const fact = fc.oneof(
  { weight: 4, arbitrary: fc.constant("trait.a") },
  fc.constantFrom("trait.b", "trait.deep.er", "context.country", "audience.named", "nonsense"),
);
const order = fc.constantFrom("$lt", "$lte", "$gt", "$gte");
const operand = fc.oneof(
  { weight: 4, arbitrary: word },
  scalar,
  fc.array(scalar, { maxLength: 4 }).map(($in) => ({ $in })),
  word.map(($eq) => ({ $eq })),
  { weight: 6, arbitrary: fc.tuple(order, number).map(([operator, bound]) => ({ [operator]: bound })) },
  fc.tuple(order, scalar).map(([operator, bound]) => ({ [operator]: bound })),
  fc.constantFrom({ $gte: 3, $lt: 12 }, { $exists: false }, { $ne: "fr" }, { $not: { $gt: 3 } }, { $odd: 1 }, [], {}),
);
const facts = fc.dictionary(fact, operand, { maxKeys: 3 });
const condition = fc.oneof(
  { weight: 4, arbitrary: facts },
  fc.array(facts, { maxLength: 2 }).map(($or) => ({ $or })),
  facts.map(($not) => ({ $not, "trait.a": "fr" })),
  fc.constantFrom({ $and: null }, { $nor: "fr" }),
) as fc.Arbitrary<JsonObject>;
const trait = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 4, arbitrary: number },
  fc.constantFrom(["fr", 12], { er: "fr" }, []),
);
const traits = fc.dictionary(fc.constantFrom("a", "b", "deep"), trait) as fc.Arbitrary<JsonObject>;

const one = draftFrom({
  audiences: { named: { when: { "trait.a": "fr" } } },
  experiences: {
    any: {
      kind: "personalization",
      routes: ["/"],
      variants: { on: { operations: [{ selector: "h1", action: "addClass", value: "x" }] } },
    },
  },
});

function releaseOf(audiences: readonly JsonObject[], sticky: Experience["sticky"]) {
  const [any] = Object.values(one.experiences);
  const experiences = audiences.map((audience, at) => [`e${at}`, { ...any, audience, sticky }]);
  const content = { ...one, experiences: Object.fromEntries(experiences) } as Draft;
  return compileRelease({ ...releaseFrom({}).release, content });
}

/** The keys of what the page gives, and of what all gates give without a sieve in front. */
function bothWays(release: ReturnType<typeof releaseOf>, subject: Subject): [string[], string[]] {
  const route = release.routeOf("GET", "/", "");
  if (route === null) throw new Error("no route");
  const keys = (decision: ReturnType<typeof decide>) => decision.given.map(({ experience }) => experience);
  return [keys(decide(release, route, subject)), keys(decideAmong(release, route.experiences, subject))];
}

describe("a sieve", () => {
  test.prop([fc.array(condition, { minLength: 1, maxLength: 20 }), traits, fc.constantFrom("fr", "de"), fc.boolean()], {
    numRuns: 2000,
  })("leaves out exactly those whom the gates would refuse", (audiences, known, country, isSticky) => {
    const release = releaseOf(audiences, isSticky ? "visitor" : "none");
    const enrolled = { e0: { variant: "on", version: 1 }, e1: { variant: "on", version: 1 } };
    const [sifted, asked] = bothWays(release, subjectFor({ country, profile: { traits: known }, enrolled }));
    return sifted.join() === asked.join();
  });

  it("is passed by in a preview, which shows a variant to whom its audience leaves out", ({ expect }) => {
    const release = releaseOf([{ "trait.a": "fr" }], "none");
    const subject = subjectFor({ forced: { e0: "on" } });
    expect(bothWays(release, subject)).toEqual([["e0"], ["e0"]]);
    expect(bothWays(release, subjectFor())).toEqual([[], []]);
  });

  it("is the same for all pages that the same patterns fit", ({ expect }) => {
    const release = releaseFrom({
      experiences: { all: { ...any, routes: ["/*"] }, book: { ...any, routes: [{ path: "/b", query: { tab: "*" } }] } },
    });
    expect(release.routeOf("GET", "/x", "")).toBe(release.routeOf("GET", "/y/z", "?q=1"));
    expect(release.routeOf("GET", "/b", "?tab=1")).toBe(release.routeOf("GET", "/b", "?tab=2&x"));
    expect(release.routeOf("GET", "/b", "?tab=1")).not.toBe(release.routeOf("GET", "/b", ""));
  });

  it("allocates nothing for an experience that is turned down", ({ expect }) => {
    const collect = collector();
    const grown = [100, 1000].map((count) => {
      const audiences = Array.from({ length: count }, (_, at) => ({
        "trait.a": { $in: [`v${at}`] },
        "trait.b": { $gte: 20 + at },
      }));
      const release = releaseOf(audiences, "none");
      const route = release.routeOf("GET", "/", "");
      const subject = subjectFor({ profile: { traits: { a: "fr", b: 12 } } });
      if (route === null) throw new Error("no route");
      const pages = (times: number) => {
        for (let page = 0; page < times; page += 1) decide(release, route, subject);
      };
      pages(5000); // until the engine has compiled it
      collect();
      const before = process.memoryUsage().heapUsed;
      pages(1000);
      return (process.memoryUsage().heapUsed - before) / 1000;
    });
    const [few = 0, many = 0] = grown;
    expect((many - few) / 900).toBeLessThan(0.1);
  });
});

const any = { kind: "rollout", variants: { on: { operations: [{ selector: "h1", action: "addClass", value: "x" }] } } };

function collector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc");
}
