import { describe, it } from "vitest";
import { parseSiteFile } from "../../src/core/config/site-file.ts";
import { fold } from "../../src/core/fold.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { emptyProfile, type Profile } from "../../src/core/profile.ts";
import { siteKnowledgeOf } from "../../src/core/site-knowledge.ts";

const readsOf = (file: JsonObject) => {
  const parsed = parseSiteFile({ site: "s", hosts: ["*"], origin: "https://o.example", ...file });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const { reads, declarations } = siteKnowledgeOf(parsed.value);
  const after = (name: string, props: JsonObject = {}): Profile =>
    fold(emptyProfile, { events: [{ name, atMs: 1, props, hourOfWeek: 3 }], exposures: [] }, declarations);
  return { reads, isWorthIt: (profile: Profile) => reads.differ(emptyProfile, profile), after };
};
const experience = (more: JsonObject) => ({
  experiences: { hero: { kind: "personalization", routes: ["/"], variants: { on: {} }, ...more } },
});

describe("a copy is worth writing when a fact changes that the release reads:", () => {
  it("none, where it reads none", ({ expect }) => {
    const { isWorthIt, after } = readsOf({});
    expect(isWorthIt(after("view", { item: "x" }))).toBe(false);
    expect(isWorthIt({ ...emptyProfile, exposed: ["hero@1"], traits: { a: 1 } })).toBe(false);
  });

  it("an event that a condition names, and no other", ({ expect }) => {
    const { isWorthIt, after, reads } = readsOf(experience({ audience: { "event.add.to.count": { $gte: 1 } } }));
    expect([...reads.events]).toEqual(["add.to"]);
    expect([isWorthIt(after("add.to")), isWorthIt(after("view"))]).toEqual([true, false]);
  });

  it("what audiences read that are named by others", ({ expect }) => {
    const audiences = { a: { when: { "audience.b": true } }, b: { when: { "trait.x.y": 1 } } };
    const { isWorthIt } = readsOf({ audiences, ...experience({ audience: "a" }) });
    expect(isWorthIt({ ...emptyProfile, traits: { x: { y: 1 } } })).toBe(true);
    expect(isWorthIt({ ...emptyProfile, traits: { z: 1 } })).toBe(false);
  });

  it("a computed trait that is read, and the event it follows from", ({ expect }) => {
    const traits = {
      views: { kind: "count", event: "view" },
      art: { kind: "count", event: "view", where: { category: "art" } },
    };
    const plain = readsOf({ traits, ...experience({ audience: { "trait.views": { $gt: 1 } } }) });
    expect([plain.isWorthIt(plain.after("view")), plain.isWorthIt(plain.after("buy"))]).toEqual([true, false]);
    const gathered = readsOf({ traits, ...experience({ audience: { "trait.art": { $gt: 1 } } }) });
    expect(gathered.isWorthIt(gathered.after("view", { category: "crime" }))).toBe(false);
    expect(gathered.isWorthIt(gathered.after("view", { category: "art" }))).toBe(true);
  });

  it("traits that templates print: those they name, or all", ({ expect }) => {
    const printing = (value: string) =>
      readsOf(experience({ variants: { on: { operations: [{ selector: "h1", action: "setText", value }] } } }));
    const name = { ...emptyProfile, traits: { name: "Ann" } };
    expect(printing("Hi {{ visitor.name }}").isWorthIt(name)).toBe(true);
    expect(printing("Hi {{ visitor.other }}").isWorthIt(name)).toBe(false);
    expect(printing("{% for fact in visitor %}{{ fact }}{% endfor %}").isWorthIt(name)).toBe(true);
  });

  it("units, sticky variants, affinities, items and habits", ({ expect }) => {
    const unit = readsOf(experience({ unit: "trait.company" }));
    expect(unit.isWorthIt({ ...emptyProfile, traits: { company: "x" } })).toBe(true);
    const sticky = { ...emptyProfile, sticky: { hero: { variant: "on", version: 1 } } };
    expect(readsOf(experience({ sticky: "visitor" })).isWorthIt(sticky)).toBe(true);
    expect(readsOf(experience({})).isWorthIt(sticky)).toBe(false);
    const affinities = { category: { events: { view: 1 } }, author: { events: { view: 1 } } };
    const art = readsOf({ affinities, ...experience({ audience: { "affinity.category.art": { $gt: 0.5 } } }) });
    expect(art.isWorthIt(art.after("view", { category: "crime" }))).toBe(true);
    expect(art.isWorthIt(art.after("view", { author: "x" }))).toBe(false);
    const items = readsOf(experience({ audience: { "recent.items": { $in: ["x"] } } }));
    expect([items.isWorthIt(items.after("view", { item: "x" })), items.isWorthIt(items.after("view"))]).toEqual([
      true,
      false,
    ]);
    const habit = readsOf(experience({ audience: { "habit.hour": 3 } }));
    expect(habit.isWorthIt(habit.after("view"))).toBe(true);
  });

  it("and its print tells one set of reads from another", ({ expect }) => {
    const one = readsOf(experience({ audience: { "event.a.count": 1 } })).reads.print;
    expect(readsOf(experience({ audience: { "event.a.daysSince": 1 } })).reads.print).toBe(one);
    expect(readsOf(experience({ audience: { "event.b.count": 1 } })).reads.print).not.toBe(one);
  });
});
