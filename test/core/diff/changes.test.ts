import { describe, it } from "vitest";
import { type Change, changesBetween } from "../../../src/core/diff/changes.ts";
import { draftFrom } from "../given.ts";

const hero = (more: object = {}, weights: readonly [string, string] = ["50%", "50%"]) => ({
  kind: "experiment",
  routes: ["/"],
  ...more,
  variants: {
    control: { weight: weights[0] },
    warm: { weight: weights[1], operations: [{ selector: "h1", action: "setText", value: "Hello" }] },
  },
});
const site = (experiences: object, more: object = {}) => draftFrom({ experiences, ...more });
const lines = (changes: readonly Change[]) =>
  changes.map(({ kind, group, key, details }) => [`${kind} ${group} ${key}`, ...details].join("; "));
const between = (before: object, after: object) =>
  lines(changesBetween(site({ "hero-copy": hero(before) }), site({ "hero-copy": hero(after) })));

describe("a change list", () => {
  it("says of weights who would switch, as people speak of it", ({ expect }) => {
    const [before, after] = [site({ "hero-copy": hero() }), site({ "hero-copy": hero({}, ["20%", "80%"]) })];
    expect(lines(changesBetween(before, after))).toEqual([
      "changed experiences hero-copy; weight of warm 50 % → 80 %; 30 % of enrolled visitors would switch, none if sticky",
    ]);
  });

  it.for<[string, object, object, string]>([
    [
      "coverage that grows",
      { coverage: "10%" },
      { coverage: "30%" },
      "coverage 10 % → 30 %; 20 % of visitors would enter",
    ],
    [
      "coverage that shrinks",
      { coverage: "40%" },
      { coverage: "10%" },
      "coverage 40 % → 10 %; 75 % of enrolled visitors would leave, none if sticky",
    ],
    [
      "being switched off",
      {},
      { enabled: false },
      "enabled true → false; 100 % of enrolled visitors would leave, 100 % if sticky",
    ],
    [
      "a new seed",
      {},
      { seed: "again" },
      "seed hero-copy → again; 50 % of enrolled visitors would switch, none if sticky",
    ],
    [
      "a new version of a sticky one",
      { sticky: "visitor" },
      { sticky: "visitor", version: 2, seed: "b" },
      "seed hero-copy → b; version 1 → 2; the new version begins anew: nobody is held to an earlier variant; 50 % of enrolled visitors would switch, as it is sticky; 50 % by hash",
    ],
    ["an audience", {}, { audience: { "context.country": "DE" } }, 'audience none → {"context.country":"DE"}'],
    ["priority", {}, { priority: 3 }, "priority 0 → 3"],
  ])("says what %s means", ([, before, after, said], { expect }) => {
    expect(between(before, after)).toEqual([`changed experiences hero-copy; ${said}`]);
  });

  it("names variants and operations that come, go and change", ({ expect }) => {
    const operation = (value: string, selector = "h1") => ({ selector, action: "setText", value });
    const arms = (variants: object) => site({ hero: { kind: "rollout", routes: ["/"], variants } });
    const before = arms({ on: { operations: [operation("a"), operation("same", "h2"), operation("gone", "h3")] } });
    const after = arms({
      on: { weight: "90%", operations: [operation("b"), operation("same", "h2")] },
      more: { weight: "10%", operations: [operation("x")] },
    });
    expect(changesBetween(before, after)[0]?.details).toEqual([
      "new variant more (10 %)",
      "weight of on 100 % → 90 %",
      'operation of on setText "h1": "a" → "b"',
      'operation of on goes: setText "h3" "gone"',
      "10 % of enrolled visitors would switch, none if sticky",
    ]);
  });

  it("tells the site's settings, what is shared, what is new and what is gone", ({ expect }) => {
    const before = site({ one: hero() }, { audiences: { night: { when: { "trait.a": 1 } } }, hosts: ["a.example"] });
    const after = site(
      { two: hero({ audience: "night" }) },
      { audiences: { night: { when: { "trait.a": 2 } } }, hosts: ["b.example"], serverTiming: true },
    );
    expect(lines(changesBetween(before, after))).toEqual([
      "changed site hosts; a.example → b.example",
      "changed site serverTiming; false → true",
      'changed audiences night; when {"trait.a":1} → {"trait.a":2}; concerns two',
      "removed experiences one",
      "added experiences two",
    ]);
  });

  it("of a new site names what its author wrote, and of the same draft nothing", ({ expect }) => {
    const draft = site({ hero: hero() });
    expect(lines(changesBetween(null, draft))).toEqual([
      "added site hosts",
      "added site origin",
      "added experiences hero",
    ]);
    expect(changesBetween(draft, site({ hero: hero() }))).toEqual([]);
  });

  it("shows where long values differ", ({ expect }) => {
    const when = (last: number) => ({ audience: { "trait.a": { $in: [...Array(60).keys(), last] } } });
    const [line = ""] = between(when(1000), when(2000));
    expect(line).toContain("59,1000");
    expect(line).toContain("59,2000");
    expect(line.length).toBeLessThan(260);
  });
});
