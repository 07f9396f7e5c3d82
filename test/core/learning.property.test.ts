import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { declarationsOf } from "../../src/core/declarations.ts";
import { type FoldedEvent, fold, profileBounds } from "../../src/core/fold.ts";
import { happeningBounds, noteHappenings } from "../../src/core/happening.ts";
import { interestBounds } from "../../src/core/interests.ts";
import { canonicalJson, type Json } from "../../src/core/json.ts";
import type { Affinity, ComputedTrait } from "../../src/core/learning.ts";
import { merge } from "../../src/core/merge.ts";
import { emptyProfile, type Profile } from "../../src/core/profile.ts";
import { profileNow } from "../../src/core/profile-now.ts";

const dayMs = 86_400_000;
const startMs = 20_000 * dayMs;

const traitOf = (kind: ComputedTrait["kind"], more: Partial<ComputedTrait> = {}): ComputedTrait => ({
  description: "",
  kind,
  event: "view",
  where: null,
  of: null,
  levels: null,
  ...more,
});
const affinity: Affinity = { description: "", of: "category", events: { view: 1, buy: 5 }, halfLifeDays: 10 };
const declared = declarationsOf({
  traits: {
    views: traitOf("count"),
    "art-views": traitOf("count", { where: { category: "art" } }),
    spent: traitOf("sum", { event: "buy" }),
    "last-category": traitOf("last", { of: "category" }),
    categories: traitOf("distinct", { of: "category" }),
    since: traitOf("daysSince", { event: "buy" }),
    "art-since": traitOf("daysSince", { where: { category: "art" } }),
    streak: traitOf("streak"),
    "art-streak": traitOf("streak", { where: { category: "art" } }),
    level: traitOf("level", { levels: { keen: 3, devoted: 8 } }),
  },
  affinities: { category: affinity, author: { ...affinity, of: "author" } },
});

/** Days crowd around the horizons; values are ones that floating point can't add in any order. */
const event: fc.Arbitrary<FoldedEvent> = fc.record({
  id: fc.uuid(),
  name: fc.constantFrom("view", "buy", "other"),
  atMs: fc
    .tuple(fc.constantFrom(0, 1, 2, 39, 40, 59, 60, 61, 90), fc.integer({ min: 0, max: dayMs - 1 }))
    .map(([day, ms]) => startMs + day * dayMs + ms),
  value: fc.constantFrom(null, 0.1, 0.2, 0.3, 1e9, -1e9, 12.5),
  props: fc.record(
    {
      category: fc.constantFrom<Json>("art", "Crime", "food", 1, null),
      author: fc.constantFrom<Json>("I. Vale", ["A", "B"], ["A", "A"], {}),
      item: fc.integer({ min: 0, max: 30 }).map((item) => `item-${item}`),
    },
    { requiredKeys: [] },
  ),
  hourOfWeek: fc.integer({ min: 0, max: 167 }),
  carried: fc.boolean(),
});
const events = fc.array(event, { maxLength: 60 });

const foldAll = (all: readonly FoldedEvent[], from: Profile = emptyProfile): Profile =>
  fold(from, { events: all, exposures: [] }, declared);
const same = (value: unknown): string => canonicalJson(value as Json);
const orders = fc.infiniteStream(fc.nat());
const shuffled = <T>(all: readonly T[], order: Iterator<number>): readonly T[] =>
  all
    .map((one) => [order.next().value ?? 0, one] as const)
    .sort(([one], [other]) => one - other)
    .map(([, one]) => one);

describe("all that a profile gathers", () => {
  test.prop([events, orders, fc.array(fc.boolean(), { minLength: 60, maxLength: 60 })])(
    "is the same for any order and grouping of the same events",
    (all, order, cuts) => {
      let profile = emptyProfile;
      let group: FoldedEvent[] = [];
      for (const [index, one] of shuffled(all, order[Symbol.iterator]()).entries()) {
        group.push(one);
        if (!cuts[index]) continue;
        profile = foldAll(group, profile);
        group = [];
      }
      expect(same(foldAll(group, profile))).toBe(same(foldAll(all)));
    },
  );

  test.prop([fc.array(event, { minLength: 100, maxLength: 200 })], { numRuns: 20, endOnFailure: true })(
    "stays within its bounds",
    (all) => {
      const profile = foldAll(all);
      expect(profile.items?.length ?? 0).toBeLessThanOrEqual(profileBounds.items);
      expect(profile.carried?.length ?? 0).toBeLessThanOrEqual(happeningBounds.inProfile);
      expect(profile.interests?.length ?? 0).toBeLessThanOrEqual(interestBounds.days);
      expect(same(profile).length).toBeLessThan(20_000);
    },
  );
});

describe("what a page decides by", () => {
  // As many as a visit carries: which of them the consumer has folded, and when, must not show.
  const carried = fc
    .uniqueArray(event, { maxLength: happeningBounds.inVisit, selector: ({ id }) => id })
    .map((all) => all.map((one, at) => ({ ...one, id: one.id ?? "", carried: true, atMs: startMs + at * 60_000 })));
  const nowMs = startMs + dayMs;
  const counters = (profile: Profile | null) => same(profile?.events ?? {});

  test.prop([carried, fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }), orders])(
    "counts what happened in this visit once, whichever part of it the profile knows already",
    (all, isFolded, order) => {
      const folded = all.filter((_, at) => isFolded[at]);
      const stored = foldAll(shuffled(folded, order[Symbol.iterator]()));
      const now = profileNow(stored, noteHappenings([], all), declared, nowMs);
      expect(counters(now)).toBe(counters(foldAll(all)));
    },
  );

  test.prop([events, carried])("never counts twice, however much came by other ways", (others, all) => {
    const stored = foldAll([...others.map((one) => ({ ...one, carried: true })), ...all]);
    const now = profileNow(stored, noteHappenings([], all), declared, nowMs);
    expect(counters(now)).toBe(counters(stored));
  });

  it("notes an event once, and only those that are decided by", () => {
    const one = { id: "e1", name: "view", atMs: 1, carried: true };
    const known = noteHappenings([], [one, one]);
    expect(known).toHaveLength(1);
    expect(noteHappenings(known, [one, { ...one, id: "e2", carried: false }])).toBe(known);
  });
});

describe("a computed trait", () => {
  const view = (day: number, category: Json = "art", more: Partial<FoldedEvent> = {}): FoldedEvent => ({
    name: "view",
    atMs: startMs + day * dayMs,
    props: { category },
    ...more,
  });
  const traitsAt = (all: readonly FoldedEvent[], day: number) =>
    profileNow(foldAll(all), [], declared, startMs + day * dayMs + 1)?.traits;

  it("has the value of its kind", () => {
    const buys = [0.1, 0.2, 12.5].map((value) => ({ name: "buy", atMs: startMs + 2 * dayMs, value }));
    const all = [view(0), view(1), view(2, "crime"), ...buys];
    expect(traitsAt(all, 2)).toEqual({
      views: 3,
      "art-views": 2,
      spent: 12.8,
      "last-category": "crime",
      categories: 2,
      since: 0,
      "art-since": 1,
      streak: 3,
      "art-streak": 2,
      level: "keen",
    });
  });

  it("that tells of time goes on with the clock, though nothing is folded", () => {
    const all = [view(0), view(1)];
    expect(traitsAt(all, 1)).toMatchObject({ streak: 2, "art-since": 0 });
    expect(traitsAt(all, 2)).toMatchObject({ streak: 2, "art-since": 1 });
    expect(traitsAt(all, 9)).toMatchObject({ streak: 0, "art-since": 8 });
  });

  it("begins anew when it is declared otherwise, and goes on when only its levels change", () => {
    const profile = foldAll([view(0), view(1)]);
    const read = (trait: ComputedTrait) =>
      profileNow(profile, [], declarationsOf({ traits: { "art-views": trait } }), startMs)?.traits["art-views"];
    expect(read(traitOf("count", { where: { category: "art" } }))).toBe(2);
    expect(read(traitOf("count", { where: { category: "crime" } }))).toBe(0);
    expect(read(traitOf("level", { where: { category: "art" }, levels: { fond: 2 } }))).toBe("fond");
  });

  it("stands above what the site has set, once it has a value", () => {
    const set = { ...emptyProfile, traits: { views: 99, "last-category": "food" } };
    expect(profileNow(set, [], declared, startMs)?.traits).toMatchObject({ views: 0, "last-category": "food" });
  });
});

describe("an affinity", () => {
  const at = (day: number, category: string, name = "view"): FoldedEvent => ({
    name,
    atMs: startMs + day * dayMs,
    props: { category },
  });
  const affinitiesAt = (all: readonly FoldedEvent[], day: number) =>
    profileNow(foldAll(all), [], declared, startMs + day * dayMs)?.affinities;

  it("is the share of what was turned to, held back while little is known", () => {
    expect(affinitiesAt([at(0, "Art")], 0)).toEqual({ "category.art": 0.3333 });
    const shares = affinitiesAt([at(0, "art", "buy"), at(0, "art"), at(0, "crime")], 0);
    expect(shares).toEqual({ "category.art": 0.6667, "category.crime": 0.1111 });
  });

  it("halves with its half-life, so that newer things weigh more", () => {
    const shares = affinitiesAt([at(0, "art"), at(10, "crime")], 11);
    expect(shares?.["category.crime"]).toBeCloseTo(1 / 3.5, 3);
    expect(shares?.["category.art"]).toBeCloseTo(0.5 / 3.5, 3);
  });
});

describe("somebody who turned out to be a known user", () => {
  it("is counted once, though their cookie and two profiles know of it", () => {
    const happened = { id: "e1", name: "view", atMs: startMs, carried: true, hourOfWeek: 30 };
    const from = foldAll([happened]);
    const row = { ...happened, value: null, props: {}, source: "edge" as const, user: null, isKnown: false };
    const { carried: _, hourOfWeek: __, ...ledger } = row;
    const merging = { from, into: emptyProfile, events: [ledger], exposures: [], standing: [], isLast: true };
    const { into } = merge(merging, (profile, news) => fold(profile, news, declared));
    const now = profileNow(into, noteHappenings([], [happened]), declared, startMs);
    expect([now?.events.view?.count, now?.habit]).toEqual([1, [[30, 1]]]);
  });
});
