import type { Declarations } from "./declarations.ts";
import type { Exposure, VisitorEvent } from "./event.ts";
import { happeningBounds, tagOf } from "./happening.ts";
import { addInterests } from "./interests.ts";
import { newest } from "./newest.ts";
import type { EventFacts, Profile, StickyAssignment } from "./profile.ts";

/**
 * The bounds of a profile. What goes over is chosen by name and time alone, never by the order of arrival: else the same
 * events in another order would give another profile.
 */
export const profileBounds = {
  /** Names beyond these, in the order of their code units, are in the ledger only. */
  eventNames: 100,
  hours: 48,
  days: 90,
  /** Likewise for `key@version`. An exposure that isn't listed is sent again, and changes nothing. */
  exposed: 500,
  /** The items seen last. */
  items: 20,
};

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** An event, as far as a profile learns from it. */
export type FoldedEvent = Pick<VisitorEvent, "name" | "atMs"> & Partial<VisitorEvent>;

/** What is new to the ledger: events by new ids, and the exposures that now stand for their keys. */
export interface News {
  readonly events: readonly FoldedEvent[];
  readonly exposures: readonly Pick<Exposure, "experience" | "version" | "variant" | "sticky">[];
}

/**
 * The profile after what has newly been learnt.
 *
 * Pure, and the same for any order and grouping of the same news, as long as each event is folded once (`absorb` sees to
 * it) and an exposure that takes over a key is folded after the one it displaces.
 */
export function fold(profile: Profile, { events, exposures }: News, declared: Declarations = nothingDeclared): Profile {
  return {
    ...profile,
    events: bounded(events.reduce(countEvent, profile.events), profileBounds.eventNames),
    sticky: exposures.reduce(keepVariant, profile.sticky),
    exposed: listExposed(profile.exposed, exposures),
    ...member("carried", profile.carried, events.reduce(listCarried, profile.carried ?? [])),
    ...member("items", profile.items, events.reduce(seeItem, profile.items ?? [])),
    ...member("habit", profile.habit, events.reduce(countHour, profile.habit ?? [])),
    ...member("interests", profile.interests, interestsAfter(profile, events, declared)),
    ...computedAfter(profile, events, declared),
  };
}

const nothingDeclared: Declarations = { traits: [], affinities: {} };

/** Members that older profiles lack appear with the first thing they hold. */
const member = <Key extends string, T extends readonly unknown[]>(key: Key, before: T | undefined, after: T) =>
  before === undefined && after.length === 0 ? {} : ({ [key]: after } as Record<Key, T>);

const listCarried = (before: NonNullable<Profile["carried"]>, { id, atMs, carried }: FoldedEvent) =>
  carried === true && id !== undefined
    ? newest([...before.filter(([, tag]) => tag !== tagOf(id)), [atMs, tagOf(id)]], happeningBounds.inProfile)
    : before;

const mostItemCharacters = 200;

/** Each item once, with the last time it was seen. */
function seeItem(before: NonNullable<Profile["items"]>, { atMs, props = {} }: FoldedEvent): typeof before {
  const item = Object.hasOwn(props, "item") ? props.item : undefined;
  if (typeof item !== "string" || item === "" || item.length > mostItemCharacters) return before;
  const seenMs = Math.max(atMs, before.find(([key]) => key === item)?.[1] ?? atMs);
  const all = [...before.filter(([key]) => key !== item), [item, seenMs] as const];
  const kept = newest(
    all.map(([key, at]) => [at, key] as const),
    profileBounds.items,
  );
  return kept.toReversed().map(([at, key]) => [key, at]);
}

function countHour(before: NonNullable<Profile["habit"]>, { hourOfWeek }: FoldedEvent): typeof before {
  if (hourOfWeek === undefined) return before;
  const count = before.find(([hour]) => hour === hourOfWeek)?.[1] ?? 0;
  const others = before.filter(([hour]) => hour !== hourOfWeek);
  return [...others, [hourOfWeek, count + 1] as const].sort(([one], [other]) => one - other);
}

const interestsAfter = ({ interests = [] }: Profile, events: News["events"], { affinities }: Declarations) =>
  events.reduce((before, event) => addInterests(before, event, affinities), interests);

function computedAfter(
  { computed }: Profile,
  events: News["events"],
  { traits }: Declarations,
): Pick<Profile, "computed"> {
  const states = new Map(Object.entries(computed ?? {}));
  for (const { key, event, gather } of traits) {
    for (const news of gather === null ? [] : events) {
      const after = news.name === event ? gather?.(states.get(key), news) : undefined;
      if (after !== undefined) states.set(key, after);
    }
  }
  return computed === undefined && states.size === 0 ? {} : { computed: Object.fromEntries(states) };
}

type Facts = Profile["events"];

function countEvent(facts: Facts, { name, atMs }: News["events"][number]): Facts {
  const before = Object.hasOwn(facts, name) ? facts[name] : undefined;
  return { ...facts, [name]: before ? countAgain(before, atMs) : countFirst(atMs) };
}

const countFirst = (atMs: number): EventFacts => ({
  count: 1,
  firstMs: atMs,
  lastMs: atMs,
  hours: [[Math.floor(atMs / hourMs), 1]],
  days: [[Math.floor(atMs / dayMs), 1]],
});

function countAgain(facts: EventFacts, atMs: number): EventFacts {
  const lastMs = Math.max(facts.lastMs, atMs);
  return {
    count: facts.count + 1,
    firstMs: Math.min(facts.firstMs, atMs),
    lastMs,
    hours: recent(facts.hours, Math.floor(atMs / hourMs), Math.floor(lastMs / hourMs) - profileBounds.hours),
    days: recent(facts.days, Math.floor(atMs / dayMs), Math.floor(lastMs / dayMs) - profileBounds.days),
  };
}

type Buckets = EventFacts["hours"];

/** One more in `bucket`; only buckets after `horizon` stay. The horizon only rises, so what is dropped would be dropped in any order. */
function recent(buckets: Buckets, bucket: number, horizon: number): Buckets {
  const counted = buckets.some(([at]) => at === bucket)
    ? buckets.map(([at, count]) => [at, at === bucket ? count + 1 : count] as const)
    : [...buckets, [bucket, 1] as const].sort(([one], [other]) => one - other);
  return counted.filter(([at]) => at > horizon);
}

/** A later version of an experience replaces an earlier one; within a version the exposure that stands decides. */
function keepVariant(sticky: Profile["sticky"], exposure: News["exposures"][number]): Profile["sticky"] {
  const { experience, version, variant } = exposure;
  const before = Object.hasOwn(sticky, experience) ? sticky[experience] : undefined;
  if (!exposure.sticky || (before && before.version > version)) return sticky;
  return { ...sticky, [experience]: { variant, version } satisfies StickyAssignment };
}

function listExposed(exposed: readonly string[], exposures: News["exposures"]): readonly string[] {
  if (exposures.length === 0) return exposed;
  const all = new Set([...exposed, ...exposures.map(({ experience, version }) => `${experience}@${version}`)]);
  return [...all].sort().slice(0, profileBounds.exposed);
}

/** The first `most` entries by name. A name once left out stays out, since names are never forgotten before later ones. */
function bounded<T>(record: Readonly<Record<string, T>>, most: number): Readonly<Record<string, T>> {
  const names = Object.keys(record);
  if (names.length <= most) return record;
  const kept = new Set(names.sort().slice(0, most));
  return Object.fromEntries(Object.entries(record).filter(([name]) => kept.has(name)));
}
