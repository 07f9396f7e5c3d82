import { readFileSync } from "node:fs";
import { describe, it } from "vitest";
import { checkDraft } from "../../../src/core/check/check-draft.ts";
import { importGrowthbook } from "../../../src/core/growthbook/import/import-growthbook.ts";
import type { Json } from "../../../src/core/json.ts";
import { draftFrom, releaseFrom, subjectFor } from "../given.ts";
import { imported } from "./imported.ts";

const sample: Json = JSON.parse(readFileSync(`${import.meta.dirname}/sample-payload.json`, { encoding: "utf8" }));
const { file, notes } = imported(sample, { hosts: ["shop.example"] });
const noteAt = (where: string) => notes.find((note) => note.where === where);
const draft = draftFrom(file);

describe("an imported payload", () => {
  it("is a configuration that may be published", ({ expect }) => {
    const problems = checkDraft(draft, { checkSelector: () => null });
    expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  });

  it("has a slot for each feature and an experience for each rule, the first with the highest priority", ({
    expect,
  }) => {
    expect(Object.keys(draft.slots)).toEqual(["checkout-v2", "banner-text"]);
    const rules = Object.entries(draft.experiences).filter(([key]) => key.startsWith("checkout"));
    expect(rules.map(([key, { kind, priority }]) => [key, kind, priority])).toEqual([
      ["checkout-v2-1", "personalization", 3],
      ["checkout-v2-2", "rollout", 2],
      ["checkout-test", "experiment", 1],
    ]);
  });

  it("keeps seeds, versions, filters and the very ranges", ({ expect }) => {
    const { seed, filters, sticky, version, variants } = draft.experiences["checkout-test"] ?? expect.fail();
    expect([seed, sticky, version]).toEqual(["checkout-seed", "visitor", 1]);
    expect(filters).toEqual([{ seed: "checkout", unit: "visitor", hashVersion: 2, ranges: [[0, 0.6]] }]);
    expect(variants.map(({ ranges }) => ranges)).toEqual([[[0, 4000]], [[5000, 9000]]]);
  });

  it("keeps the variants of those who carry the cookie of GrowthBook's script, and tells newcomers apart by our id", ({
    expect,
  }) => {
    const site = releaseFrom(imported(sample, { hosts: ["shop.example"], attributes: { id: "cookie.gbuuid" } }).file);
    const before = releaseFrom(file);
    const checkoutFor = (release: typeof site, visitor: string, cookie: string | null) =>
      release.slotFor(
        "checkout-v2",
        subjectFor({ id: visitor, country: "DE", headers: cookie === null ? {} : { cookie } }),
      )?.value;
    const ids = Array.from({ length: 200 }, (_, index) => `some-visitor-${index}-of-theirs`);
    const theirs = ids.map((id) => checkoutFor(before, id, null));
    expect(new Set(theirs).size).toBeGreaterThan(1);
    expect(ids.map((id) => checkoutFor(site, "our-own-id-0000000", `a=1; gbuuid=${id}; b=2`))).toEqual(theirs);
    expect(ids.map((id) => checkoutFor(site, id, null))).toEqual(theirs);
  });

  it("reads attributes where Caramel has them, and saved groups as audiences", ({ expect }) => {
    expect(draft.experiences["checkout-v2-1"]?.audience).toEqual({ "unit.visitor": { $in: ["user-1"] } });
    expect(draft.experiences["banner-text-2"]?.audience).toEqual({ "context.country": "FR" });
    expect(draft.audiences["group-staff"]?.when).toEqual({ "trait.email": { $in: ["a@x.example"] } });
  });

  it("ends a feature with null where a gate of its prerequisites is shut", ({ expect }) => {
    const release = releaseFrom(file);
    const tester = subjectFor({ id: "user-1", country: "FR" });
    const other = subjectFor({ id: "user-5", country: "FR" });
    expect(release.slotFor("checkout-v2", other)?.value).toBe(false);
    expect(release.slotFor("banner-text", other)).toMatchObject({ value: null, experience: "banner-text-1-gate" });
    expect(release.slotFor("banner-text", tester)).toMatchObject({ value: "Bonjour", reason: "TARGETING_MATCH" });
  });

  it("turns the visual editor's changes into operations, and redirects into redirects", ({ expect }) => {
    const [, changed] = draft.experiences.hero?.variants ?? [];
    expect(
      changed?.operations.map((each) => ("selector" in each ? [each.selector, each.action, each.value] : [])),
    ).toEqual([
      ["h1", "setHtml", "Hello"],
      [".buy", "addClass", "big"],
      [".buy", "setAttribute", "/sale"],
      ["head", "append", "<style>h1 { color: red }</style>"],
    ]);
    const moves = draft.experiences.landing?.variants.map(({ move }) => move?.kind === "redirect" && move.location);
    expect(moves).toEqual([false, "/landing-b", "https://other.example/c"]);
    expect(draft.site.redirectHosts).toEqual(["other.example"]);
  });

  it("does not take an author's braces for a template", ({ expect }) => {
    expect(draft.slots["banner-text"]?.default).toBe("{% raw %}Hello {{ name }}{% endraw %}");
  });

  it("says of each thing left behind where it stood and what to do", ({ expect }) => {
    expect(noteAt("/experiments/0/variations/1/js")?.what).toContain("script");
    expect(noteAt("/experiments/0/variations/1/domMutations/3")?.what).toContain("position");
    expect(noteAt("/experiments/2")?.what).toContain("script");
    expect(noteAt("/features/Banner Text")?.what).toContain("banner-text");
    expect(noteAt("/features/Banner Text/rules/2/condition")?.what).toContain("backreference");
    expect(notes.every(({ advice }) => /^[A-Z].*\.$/.test(advice))).toBe(true);
  });
});

describe("what an import can be told", () => {
  const condition = {
    features: { f: { defaultValue: 1, rules: [{ force: 2, condition: { id: "a", country: "FR" } }] } },
  };

  it("is where attributes are found", ({ expect }) => {
    const { file: other } = imported(condition, { attributes: { id: "user", country: "trait.home" } });
    expect(draftFrom(other).experiences["f-1"]?.audience).toEqual({ "unit.user": "a", "trait.home": "FR" });
  });

  it("is nothing that is no payload", ({ expect }) => {
    for (const value of [null, [], "x", {}, { encryptedFeatures: "x.y" }] as Json[])
      expect(importGrowthbook(value).ok, JSON.stringify(value)).toBe(false);
  });

  it("is hostile, and does not throw", ({ expect }) => {
    const hostile: Json[] = [
      JSON.parse('{"features": {"__proto__": {"defaultValue": 1}, "constructor": {"defaultValue": 2}}}'),
      { features: { a: null, b: { rules: [null, 1, "x", { variations: "no" }, { force: 1, coverage: "all" }] } } },
      {
        features: {
          f: {
            rules: [
              { force: 1, condition: [1] },
              { force: 2, condition: { $and: null } },
            ],
          },
        },
      },
      {
        experiments: [
          { key: 1 },
          { key: "e", variations: [null, 5], urlPatterns: [{ type: "simple", pattern: "http://[" }] },
        ],
      },
      { features: { a: { rules: [{ force: 1, parentConditions: [{ id: "a" }] }] } } },
    ];
    for (const value of hostile) {
      const done = importGrowthbook(value);
      if (done.ok) expect(() => draftFrom(done.value.file)).not.toThrow();
    }
  });
});
