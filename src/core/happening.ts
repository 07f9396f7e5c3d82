import type { VisitorEvent } from "./event.ts";
import { fnv1a32 } from "./hash.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import type { Profile } from "./profile.ts";

/**
 * What happened in this visit, as the cookie knows it before the stored profile does.
 *
 * An event is on its way to the profile for seconds, sometimes minutes; the next page may come at once. So the cookie carries
 * the events of the session that conditions read, and a profile lists the newest of them that it has counted (`carried`). What a
 * page decides by is the profile with those events folded in that it does not list: each is counted once, whichever way it
 * came, in whatever order.
 */
export interface Happening {
  readonly name: string;
  readonly atMs: number;
  /** Stands for the event's id, which may be long. */
  readonly tag: string;
}

export const happeningBounds = {
  /** In the cookie, the newest. */
  inVisit: 20,
  /** What they may measure in the cookie, in characters of JSON; the oldest go first. */
  characters: 450,
  /** In the profile, the newest. Twice the cookie's, so that what a cookie knows is still listed when its copy arrives. */
  inProfile: 40,
};

/** A short name for an event's id: of the few that are ever compared, two share one in one of a hundred million visits. */
export const tagOf = (id: string): string => fnv1a32(id).toString(36);

/** What is known of this session with these events: those among them that are `carried`. The same list when none is. */
export function noteHappenings(
  known: readonly Happening[],
  events: readonly Pick<VisitorEvent, "id" | "name" | "atMs" | "carried">[],
): readonly Happening[] {
  const byTag = new Map(known.map((one) => [one.tag, one]));
  for (const { id, name, atMs, carried } of events) {
    const tag = tagOf(id);
    if (carried === true && !byTag.has(tag)) byTag.set(tag, { name, atMs, tag });
  }
  return byTag.size === known.length ? known : [...byTag.values()].slice(-happeningBounds.inVisit);
}

/** What is known with these others too, by time. The same list when they say nothing new, or nothing recent enough. */
export function mergeHappenings(known: readonly Happening[], others: readonly Happening[]): readonly Happening[] {
  const tags = new Set(known.map(({ tag }) => tag));
  const fresh = others.filter(({ tag }) => !tags.has(tag));
  if (fresh.length === 0) return known;
  const merged = [...known, ...fresh].sort((one, other) => one.atMs - other.atMs).slice(-happeningBounds.inVisit);
  return merged.some(({ tag }) => !tags.has(tag)) ? merged : known;
}

/** The happenings that the profile has not counted yet. */
export function pendingHappenings(happened: readonly Happening[], profile: Profile): readonly Happening[] {
  const { carried = [] } = profile;
  if (happened.length === 0 || carried.length === 0) return happened;
  const counted = new Set(carried.map(([, tag]) => tag));
  // A full list has forgotten older ones: those were counted long ago.
  const forgottenBeforeMs =
    carried.length < happeningBounds.inProfile ? Number.NEGATIVE_INFINITY : (carried[0]?.[0] ?? 0);
  return happened.filter(({ tag, atMs }) => !counted.has(tag) && atMs >= forgottenBeforeMs);
}

/** As the cookie keeps them, by name and relative to the session's start; `null` for none. The oldest go when it is too much. */
export function encodeHappenings(happened: readonly Happening[], startedAtMs: number): JsonObject | null {
  for (let dropped = 0; dropped < happened.length; dropped += 1) {
    const byName = Map.groupBy(happened.slice(dropped), ({ name }) => name);
    const encoded = Object.fromEntries(
      [...byName].map(([name, own]) => [name, own.map(({ atMs, tag }) => [atMs - startedAtMs, tag])]),
    );
    if (JSON.stringify(encoded).length <= happeningBounds.characters) return encoded;
  }
  return null;
}

/** Reads what `encodeHappenings` wrote. What is not of that shape is left out. */
export function decodeHappenings(value: Json | undefined, startedAtMs: number): readonly Happening[] {
  if (!isObject(value)) return [];
  const found: Happening[] = [];
  for (const [name, own] of Object.entries(value)) {
    for (const entry of Array.isArray(own) ? (own as readonly Json[]) : []) {
      if (!Array.isArray(entry)) continue;
      const [afterMs, tag] = entry as readonly Json[];
      if (typeof afterMs === "number" && typeof tag === "string")
        found.push({ name, atMs: startedAtMs + afterMs, tag });
    }
  }
  return found.sort((one, other) => one.atMs - other.atMs).slice(-happeningBounds.inVisit);
}
