import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { absorb, exposureKey, type LedgerExposure } from "../../src/core/absorb.ts";
import type { Envelope, Exposure, VisitorEvent } from "../../src/core/event.ts";
import { fold, profileBounds } from "../../src/core/fold.ts";
import type { ReleaseId, SiteKey, VisitorId } from "../../src/core/ids.ts";
import { canonicalJson, type Json } from "../../src/core/json.ts";
import { emptyProfile, type Profile } from "../../src/core/profile.ts";

const hourMs = 3_600_000;
// Times crowd around the edges of hours and of the horizons, where a bucket is kept or dropped.
const atMs = fc
  .tuple(fc.constantFrom(0, 1, 46, 47, 48, 49, 89 * 24, 90 * 24, 91 * 24), fc.integer({ min: -2, max: 2 }))
  .map(([hours, ms]) => 400_000 * hourMs + hours * hourMs + ms);
const name = fc.constantFrom("view", "buy", "__proto__", "constructor", "a", "z");
const event: fc.Arbitrary<VisitorEvent> = fc.record({
  id: fc.integer({ min: 0, max: 1000 }).map(String),
  name,
  atMs,
  value: fc.constant(null),
  props: fc.constant({}),
  source: fc.constant("page"),
});
const exposure: fc.Arbitrary<Exposure> = fc.record({
  experience: fc.constantFrom("hero", "offer", "__proto__"),
  version: fc.integer({ min: 1, max: 3 }),
  variant: fc.constantFrom("control", "warm"),
  release: fc.constant("r_1" as ReleaseId),
  propensityBps: fc.constant(5000),
  route: fc.constant("/"),
  atMs,
  sticky: fc.boolean(),
});
/** An event's id stands for one event: its content follows from it. */
const envelopes = fc
  .array(fc.tuple(fc.array(event, { maxLength: 5 }), fc.array(exposure, { maxLength: 3 })), { maxLength: 12 })
  .map((all) => {
    const byId = new Map(all.flatMap(([events]) => events).map((one) => [one.id, one]));
    return all.map(([events, exposures]) =>
      envelopeOf(
        events.map((one) => byId.get(one.id) ?? one),
        exposures,
      ),
    );
  });

const envelopeOf = (events: readonly VisitorEvent[], exposures: readonly Exposure[]): Envelope => ({
  shape: 1,
  site: "s" as SiteKey,
  visitor: "v" as VisitorId,
  user: null,
  exposures,
  events,
  refresh: false,
});

/** A consumer in memory: takes in batches one after the other, as D1 would let it. */
function takeIn(batches: readonly (readonly Envelope[])[]) {
  const eventIds = new Set<string>();
  const exposures = new Map<string, LedgerExposure>();
  let profile: Profile = emptyProfile;
  for (const batch of batches) {
    const learnt = absorb(batch, { eventIds, exposures });
    profile = fold(profile, learnt);
    for (const { id } of learnt.events) eventIds.add(id);
    for (const one of learnt.exposures) exposures.set(exposureKey(one), one);
  }
  return { profile, exposures: [...exposures.entries()].sort(([one], [other]) => (one < other ? -1 : 1)) };
}

const same = (value: unknown): string => canonicalJson(value as Json);

describe("a profile", () => {
  test.prop([envelopes, fc.infiniteStream(fc.nat()), fc.array(fc.boolean(), { minLength: 30, maxLength: 30 })])(
    "is the same for any order, grouping and repetition of the same envelopes",
    (all, order, cuts) => {
      const keyed = [...all, ...all.slice(0, 4)].map((one) => [order.next().value ?? 0, one] as const);
      const shuffled = keyed.sort(([one], [other]) => one - other).map(([, one]) => one);
      const batches: Envelope[][] = [[]];
      for (const [index, one] of shuffled.entries()) {
        if (cuts[index]) batches.push([]);
        batches.at(-1)?.push(one);
      }
      expect(same(takeIn(batches))).toBe(same(takeIn([all])));
    },
  );

  test.prop([fc.array(event, { minLength: 1, maxLength: 40 })])(
    "counts every id once, first and last included",
    (events) => {
      const { profile } = takeIn([[envelopeOf(events, [])]]);
      const distinct = [...new Map(events.toReversed().map((one) => [one.id, one])).values()];
      for (const [key, own] of Map.groupBy(distinct, (one) => one.name)) {
        const times = own.map((one) => one.atMs);
        const facts = new Map(Object.entries(profile.events)).get(key);
        expect(facts).toMatchObject({ count: own.length, firstMs: Math.min(...times), lastMs: Math.max(...times) });
        const within = (bucketMs: number, most: number) => {
          const newest = Math.floor(Math.max(...times) / bucketMs);
          return times.filter((at) => Math.floor(at / bucketMs) > newest - most).length;
        };
        const sum = (buckets: readonly (readonly [number, number])[] = []) =>
          buckets.reduce((total, [, n]) => total + n, 0);
        expect(sum(facts?.hours)).toBe(within(hourMs, 48));
        expect(sum(facts?.days)).toBe(within(24 * hourMs, 90));
      }
    },
  );

  test.prop(
    [fc.uniqueArray(fc.stringMatching(/^[a-z]{1,4}$/), { minLength: 90, maxLength: 130 }), fc.infiniteStream(fc.nat())],
    {
      // Shrinking a hundred names takes minutes and tells nothing more.
      endOnFailure: true,
    },
  )("stays within its bounds, whatever the order of names", (names, order) => {
    const events = names.map((key, index) => ({ name: key, atMs: index }));
    const shuffled = events
      .map((one) => [order.next().value ?? 0, one] as const)
      .sort(([one], [other]) => one - other)
      .map(([, one]) => one);
    const oneByOne = shuffled.reduce((profile, one) => fold(profile, { events: [one], exposures: [] }), emptyProfile);
    expect(same(oneByOne)).toBe(same(fold(emptyProfile, { events, exposures: [] })));
    expect(Object.keys(oneByOne.events).length).toBe(Math.min(names.length, profileBounds.eventNames));
  });
});

describe("an exposure", () => {
  const first: Exposure = {
    experience: "hero",
    version: 1,
    variant: "warm",
    release: "r_1" as ReleaseId,
    propensityBps: 5000,
    route: "/",
    atMs: 10,
    sticky: true,
  };

  it("that is earlier takes over its key, and the variant that is kept", () => {
    const { profile, exposures } = takeIn([
      [envelopeOf([], [first])],
      [envelopeOf([], [{ ...first, variant: "control", atMs: 9 }])],
    ]);
    expect(profile.sticky).toEqual({ hero: { variant: "control", version: 1 } });
    expect(exposures.map(([, { atMs }]) => atMs)).toEqual([9]);
  });

  it("of a later version replaces the variant that is kept, and not the other way round", () => {
    const second = { ...first, version: 2, variant: "b" };
    for (const batches of [
      [first, second],
      [second, first],
    ]) {
      const { profile } = takeIn(batches.map((one) => [envelopeOf([], [one])]));
      expect(profile.sticky).toEqual({ hero: { variant: "b", version: 2 } });
      expect(profile.exposed).toEqual(["hero@1", "hero@2"]);
    }
  });
});
