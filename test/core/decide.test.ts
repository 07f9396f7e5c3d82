import { describe, it } from "vitest";
import { assign } from "../../src/core/experience.ts";
import { bucketOf } from "../../src/core/hash.ts";
import { crowd, decideFor, givenTo, releaseFrom, subjectFor } from "./given.ts";

const setText = (selector: string, value = "x") => ({ operations: [{ selector, action: "setText", value }] });
const halves = (one: object = {}, other: object = setText("h1")) => ({
  control: { weight: "50%", ...one },
  warm: { weight: "50%", ...other },
});
const experiment = (more: object = {}) => ({ kind: "experiment", routes: ["/"], variants: halves(), ...more });
const forEveryone = (more: object = {}) => ({
  kind: "personalization",
  routes: ["/"],
  variants: { on: setText("h1") },
  ...more,
});

/** Why one experience gave or refused. */
function reasonOf(file: Record<string, unknown>, key: string, someone = {}): string {
  const release = releaseFrom(file);
  const experience = release.experiences.find((each) => each.key === key);
  if (experience === undefined) throw new Error(key);
  const { arm, detail } = assign(experience, subjectFor(someone));
  return `${experience.arms[arm]?.key ?? "-"} ${detail}`;
}

describe("decide", () => {
  it("gives the variant that owns the visitor's bucket", ({ expect }) => {
    const release = releaseFrom({ experiences: { hero: experiment() } });
    for (const id of crowd(200)) {
      const expected = bucketOf("hero", id) < 5000 ? "control" : "warm";
      expect(givenTo(release, { id })).toEqual([`hero=${expected}`]);
    }
  });

  it("touches only the routes of an experience", ({ expect }) => {
    const release = releaseFrom({ experiences: { hero: forEveryone({ routes: ["/books/:slug"] }) } });
    expect(release.routeOf("GET", "/", "")).toBeNull();
    expect(release.routeOf("POST", "/books/x", "")).toBeNull();
    expect(release.routeOf("GET", "/books/x", "")?.candidates).toHaveLength(1);
  });

  it("never touches a route that the site passes", ({ expect }) => {
    const release = releaseFrom({
      routes: { pay: { path: "/order/*", surface: "pass" } },
      experiences: { hero: forEveryone({ routes: ["/*"] }) },
    });
    expect(release.routeOf("GET", "/order/card", "")).toBeNull();
    expect(release.routeOf("GET", "/basket", "")).not.toBeNull();
  });

  it("asks for query parameters where a pattern does", ({ expect }) => {
    const release = releaseFrom({
      experiences: { hero: forEveryone({ routes: [{ path: "/", query: { tab: "new" } }] }) },
    });
    expect(release.routeOf("GET", "/", "?tab=new")?.candidates).toHaveLength(1);
    expect(release.routeOf("GET", "/", "?tab=old")).toBeNull();
  });

  it("reads no profile where nothing live needs one", ({ expect }) => {
    const release = releaseFrom({
      experiences: {
        plain: experiment(),
        traits: forEveryone({ routes: ["/a"], audience: { "trait.tier": "gold" } }),
        template: forEveryone({ routes: ["/b"], variants: { on: setText("h1", "Hi {{ visitor.name }}") } }),
        sticky: experiment({ routes: ["/c"], sticky: "visitor" }),
      },
    });
    const needs = (path: string) => release.routeOf("GET", path, "")?.needsProfile;
    expect([needs("/"), needs("/a"), needs("/b"), needs("/c")]).toEqual([false, true, true, true]);
  });
});

describe("gates", () => {
  const anyone = { id: crowd(1)[0] };

  it("are asked in science.md's order: the first that refuses gives the reason", ({ expect }) => {
    const shutGates = {
      enabled: false,
      schedule: { until: "2020-01-01" },
      audience: { "trait.tier": "gold" },
      coverage: "0%",
    };
    const file = (more: object, holdout = "0%") => ({ holdout, experiences: { hero: experiment(more) } });
    expect(reasonOf(file(shutGates, "100%"), "hero", { ...anyone, forced: { hero: "warm" } })).toBe("warm forced");
    expect(reasonOf(file(shutGates, "100%"), "hero", anyone)).toBe("- killed");
    expect(reasonOf(file({ ...shutGates, enabled: true }, "100%"), "hero", anyone)).toBe("- schedule");
    const open = { audience: shutGates.audience, coverage: "0%" };
    expect(reasonOf(file(open, "100%"), "hero", anyone)).toBe("- holdout");
    expect(reasonOf(file(open), "hero", anyone)).toBe("- audience_miss");
    expect(reasonOf(file({ coverage: "0%" }), "hero", anyone)).toBe("- coverage");
  });

  it("a preview of a variant that does not exist is ignored", ({ expect }) => {
    expect(
      reasonOf({ experiences: { hero: experiment({ coverage: "0%" }) } }, "hero", { forced: { hero: "no" } }),
    ).toBe("- coverage");
  });

  it("a holdout keeps its members out of everything in its scope, and of nothing else", ({ expect }) => {
    const release = releaseFrom({
      holdouts: { some: { coverage: "30%", scope: ["inside"] } },
      experiences: { inside: forEveryone(), outside: forEveryone({ variants: { on: setText("h2") } }) },
    });
    const given = crowd(2000).map((id) => givenTo(release, { id }));
    const held = given.filter((keys) => !keys.includes("inside=on"));
    expect(held.length / 2000).toBeGreaterThan(0.26);
    expect(held.length / 2000).toBeLessThan(0.34);
    expect(given.every((keys) => keys.includes("outside=on"))).toBe(true);
  });

  it("a layer's experiences exclude one another totally, and share it out", ({ expect }) => {
    const release = releaseFrom({
      layers: { home: {} },
      experiences: {
        one: forEveryone({ layer: "home", variants: { on: setText(".a") } }),
        two: forEveryone({ layer: "home", variants: { on: setText(".b") } }),
      },
    });
    const given = crowd(1000).map((id) => givenTo(release, { id }));
    expect(given.every((keys) => keys.length === 1)).toBe(true);
    expect(new Set(given.flat()).size).toBe(2);
  });

  it("a prerequisite opens for the variants it names, and a circle is shut", ({ expect }) => {
    const file = {
      experiences: {
        gate: experiment({ routes: ["/elsewhere"] }),
        behind: forEveryone({ prerequisites: [{ experience: "gate", variants: ["warm"] }] }),
      },
    };
    const release = releaseFrom(file);
    for (const id of crowd(50)) {
      const isOpen = bucketOf("gate", id) >= 5000;
      expect(givenTo(release, { id })).toEqual(isOpen ? ["behind=on"] : []);
    }
    const circle = releaseFrom({
      experiences: { a: forEveryone({ prerequisites: ["b"] }), b: forEveryone({ prerequisites: ["a"] }) },
    });
    expect(givenTo(circle)).toEqual([]);
  });

  it("a unit that is missing falls back, or keeps the visitor out", ({ expect }) => {
    const file = (more: object) => ({ experiences: { hero: experiment({ unit: "user", ...more }) } });
    expect(reasonOf(file({}), "hero")).toBe("- no_unit");
    expect(reasonOf(file({ fallbackUnit: "visitor" }), "hero")).toMatch(/split/);
    const release = releaseFrom(file({}));
    const byUser = crowd(20).map((id) => givenTo(release, { id, user: "u-1" }).join());
    expect(new Set(byUser).size).toBe(1);
  });
});

describe("sticky", () => {
  const enrolled = { hero: { variant: "control", version: 1 } };
  const file = (more: object = {}) => ({ experiences: { hero: experiment({ sticky: "visitor", ...more }) } });

  it("survives new weights and a changed audience", ({ expect }) => {
    const reweighted = { variants: { control: { weight: "0%" }, warm: { weight: "100%", ...setText("h1") } } };
    expect(reasonOf(file(reweighted), "hero", { enrolled })).toBe("control sticky");
    expect(reasonOf(file({ audience: { "context.country": "NZ" } }), "hero", { enrolled })).toBe("control sticky");
    expect(reasonOf(file({ coverage: "0%" }), "hero", { profile: { sticky: enrolled } })).toBe("control sticky");
  });

  it("ends with a new version, and bars those below minVersion", ({ expect }) => {
    expect(reasonOf(file({ version: 2 }), "hero", { enrolled })).toMatch(/ split$/);
    expect(reasonOf(file({ version: 2, minVersion: 2 }), "hero", { enrolled })).toBe("- blocked");
  });

  it("is not for experiences that did not ask for it", ({ expect }) => {
    const plain = { experiences: { hero: experiment({ coverage: "0%" }) } };
    expect(reasonOf(plain, "hero", { enrolled })).toBe("- coverage");
  });

  it("a variant that is no more gives a new one", ({ expect }) => {
    expect(reasonOf(file(), "hero", { enrolled: { hero: { variant: "gone", version: 1 } } })).toMatch(/ split$/);
  });
});

describe("holdback", () => {
  it("leaves its share as it was, watched like the rest", ({ expect }) => {
    const release = releaseFrom({ experiences: { hero: forEveryone({ holdback: "20%" }) } });
    const given = crowd(2000).map((id) => decideFor(release, { id }).given[0]);
    const held = given.filter((each) => each?.variant === "holdback");
    expect(held.length / 2000).toBeGreaterThan(0.17);
    expect(held.length / 2000).toBeLessThan(0.23);
    expect(held[0]?.plan.html).toEqual([]);
    expect(held[0]?.plan.watchedSelectors).toEqual(["h1"]);
    expect(held[0]?.propensityBps).toBe(2000);
    expect(given.find((each) => each?.variant === "on")?.propensityBps).toBe(8000);
  });
});

describe("two experiences that change the same place", () => {
  const file = {
    experiences: {
      low: experiment({ priority: 1 }),
      high: experiment({ priority: 2, coverage: "50%" }),
      beside: experiment({ priority: 0, variants: halves({}, setText("h2")) }),
    },
  };

  it("are resolved by priority, in every arm of the winner alike", ({ expect }) => {
    const release = releaseFrom(file);
    for (const id of crowd(300)) {
      const keys = decideFor(release, { id }).given.map(({ experience }) => experience);
      expect(keys.includes("high") && keys.includes("low")).toBe(false);
      expect(keys.includes("high") || keys.includes("low")).toBe(true);
      expect(keys).toContain("beside");
    }
  });

  it("get along when they only add, are on other pages, or share a layer", ({ expect }) => {
    const add = { on: { operations: [{ selector: "h1", action: "addClass", value: "a" }] } };
    const both = releaseFrom({ experiences: { a: forEveryone({ variants: add }), b: forEveryone({ variants: add }) } });
    expect(givenTo(both)).toEqual(["a=on", "b=on"]);
    const apart = releaseFrom({
      experiences: { a: forEveryone({ routes: ["/x"] }), b: forEveryone({ routes: ["/y"] }) },
    });
    expect(givenTo(apart, { url: "https://shop.example/y" })).toEqual(["b=on"]);
  });
});

describe("plans", () => {
  it("the control arm watches what the other arms change", ({ expect }) => {
    const release = releaseFrom({ experiences: { hero: experiment() } });
    const plans = crowd(50).map((id) => decideFor(release, { id }).given[0]?.plan);
    expect(plans.every((plan) => plan?.watchedSelectors.join() === "h1")).toBe(true);
    expect(plans.some((plan) => plan?.html.length === 0)).toBe(true);
  });

  it("a slot acts where it is shown, by selector and by pointer", ({ expect }) => {
    const release = releaseFrom({
      slots: {
        title: {
          type: "text",
          default: "Hello",
          html: { selector: "h1", action: "setText" },
          json: { pointer: "/title" },
        },
      },
      experiences: { hero: forEveryone({ variants: { on: { slots: { title: "Hi {{ context.device }}" } } } }) },
    });
    const { given, scope } = decideFor(release);
    const plan = given[0]?.plan;
    expect(plan?.html.map(({ selector, value }) => [selector, value?.(scope)])).toEqual([["h1", "Hi desktop"]]);
    expect(plan?.json.map(({ pointer, value }) => [pointer, value(scope)])).toEqual([["/title", "Hi desktop"]]);
  });

  it("templates read slots as this visitor has them", ({ expect }) => {
    const release = releaseFrom({
      slots: { name: { type: "text", default: "shop" }, place: { type: "text", default: "town" } },
      experiences: {
        hero: forEveryone({
          variants: { on: { slots: { name: "bookshop" }, ...setText("h1", "{{ slot.name }} in {{ slot.place }}") } },
        }),
      },
    });
    const { given, scope } = decideFor(release);
    expect(given[0]?.plan.html[0]?.value?.(scope)).toBe("bookshop in town");
  });
});

describe("bandits", () => {
  const file = { experiences: { hero: experiment({ kind: "bandit" }), plain: experiment({ routes: ["/p"] }) } };

  it("take the weights that arrive beside the release, and only they", ({ expect }) => {
    const learnt = releaseFrom(file, { hero: [100, 9900], plain: [10_000, 0] });
    const warm = crowd(1000).filter((id) => givenTo(learnt, { id })[0] === "hero=warm");
    expect(warm.length).toBeGreaterThan(970);
    expect(decideFor(learnt, { id: warm[0] ?? "" }).given[0]?.propensityBps).toBe(9900);
    const plain = crowd(1000).filter(
      (id) => givenTo(learnt, { id, url: "https://shop.example/p" })[0] === "plain=warm",
    );
    expect(plain.length).toBeGreaterThan(400);
  });
});

describe("crawlers and previews", () => {
  it("are given variants that are not counted", ({ expect }) => {
    const release = releaseFrom({ experiences: { hero: experiment() } });
    expect(decideFor(release, { counted: false }).given[0]?.counted).toBe(false);
  });
});
