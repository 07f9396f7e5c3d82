import { absorb, exposureKey, type LedgerEvent, type LedgerExposure } from "./absorb.ts";
import type { Purposes } from "./consent.ts";
import { type Envelope, envelopeShape } from "./event.ts";
import type { News } from "./fold.ts";
import type { SiteKey, VisitorId } from "./ids.ts";
import { canonicalJson, type Json } from "./json.ts";
import { type EventFacts, emptyProfile, type Profile } from "./profile.ts";

/** A step of merging one visitor into another: some of their ledger, and all of their exposures. */
export interface Merging {
  readonly from: Profile;
  readonly into: Profile;
  /** Rows of `from`; `isKnown`: the other has the same id already, and has counted it. */
  readonly events: readonly (LedgerEvent & { readonly isKnown: boolean })[];
  readonly exposures: readonly LedgerExposure[];
  /** The other's exposures of the same experiences and versions. */
  readonly standing: readonly LedgerExposure[];
  /** No row of the ledger is left behind. */
  readonly isLast: boolean;
}

export interface Merged {
  readonly from: Profile;
  readonly into: Profile;
  /** Exposures that now stand for the other. */
  readonly exposures: readonly LedgerExposure[];
  /** Facts that both had and that differed: the other's stand, and of exposures the earliest. */
  readonly conflicts: number;
}

/** The shape of `fold`. */
type Fold = (profile: Profile, news: News) => Profile;

/** What may go into a profile: events that the visitor allowed for personalization. */
export const forProfile = <T extends { readonly purposes?: Purposes }>(events: readonly T[]): T[] =>
  events.filter(({ purposes }) => purposes?.personalization !== false);

/**
 * Merges a visitor into the one that their user is known by. Pure.
 *
 * The ledger is what is merged: events that the other has not counted are folded into their profile, as if they had
 * been theirs from the beginning. So counters sum, and nothing counts twice. What the profile knows beyond the ledger (facts
 * that were set, counts older than retention) is added when the last row has come over.
 */
export function merge(step: Merging, fold: Fold): Merged {
  const events = step.events.filter(({ isKnown }) => !isKnown);
  const { exposures } = absorb([envelopeOf(step.exposures)], {
    eventIds: new Set(),
    exposures: new Map(step.standing.map((one) => [exposureKey(one), one])),
  });
  const folded = fold(step.into, { events: forProfile(events), exposures });
  const left = withoutCounted(step.from, forProfile(step.events));
  const into = step.isLast ? carriedOver(left, folded) : folded;
  return {
    from: step.isLast ? emptyProfile : left,
    into,
    exposures,
    conflicts: conflictsOf(step.exposures, step.standing) + (step.isLast ? traitConflicts(step.from, step.into) : 0),
  };
}

const envelopeOf = (exposures: readonly LedgerExposure[]): Envelope => ({
  shape: envelopeShape,
  site: "" as SiteKey,
  visitor: "" as VisitorId,
  user: null,
  exposures,
  events: [],
  refresh: false,
});

/** The profile without what these events count in it. */
function withoutCounted(profile: Profile, events: readonly { readonly name: string }[]): Profile {
  const counted = Map.groupBy(events, ({ name }) => name);
  const left = Object.entries(profile.events).map(
    ([name, facts]) => [name, { ...facts, count: facts.count - (counted.get(name)?.length ?? 0) }] as const,
  );
  return { ...profile, events: Object.fromEntries(left.filter(([, { count }]) => count > 0)) };
}

function carriedOver(from: Profile, into: Profile): Profile {
  const facts = Object.entries(from.events).map(([name, older]) => [name, added(into.events[name], older)] as const);
  return {
    ...into,
    traits: { ...from.traits, ...into.traits },
    affinities: { ...from.affinities, ...into.affinities },
    sticky: { ...from.sticky, ...into.sticky },
    events: { ...into.events, ...Object.fromEntries(facts) },
  };
}

const added = (newer: EventFacts | undefined, older: EventFacts): EventFacts =>
  newer === undefined
    ? older
    : {
        ...newer,
        count: newer.count + older.count,
        firstMs: Math.min(newer.firstMs, older.firstMs),
        lastMs: Math.max(newer.lastMs, older.lastMs),
      };

function conflictsOf(exposures: readonly LedgerExposure[], standing: readonly LedgerExposure[]): number {
  const variants = new Map(standing.map((one) => [exposureKey(one), one.variant]));
  return exposures.filter((one) => (variants.get(exposureKey(one)) ?? one.variant) !== one.variant).length;
}

const traitConflicts = (from: Profile, into: Profile): number =>
  Object.entries(from.traits).filter(
    ([name, value]) => Object.hasOwn(into.traits, name) && !isSame(into.traits[name] ?? null, value),
  ).length;

const isSame = (one: Json, other: Json): boolean => canonicalJson(one) === canonicalJson(other);
