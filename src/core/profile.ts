import type { Json } from "./json.ts";

/** Raise it when the shape of a stored profile changes: old KV copies are then simply not found. */
export const profileShape = 1;

/**
 * What is known of one visitor, as far as it is needed for deciding. Bounded: docs/profiles.md says what is evicted.
 */
export interface Profile {
  /** Facts set by the site or computed from events. */
  readonly traits: Readonly<Record<string, Json>>;
  /** Affinity of 0 … 1 per category, tag or author. */
  readonly affinities: Readonly<Record<string, number>>;
  readonly events: Readonly<Record<string, EventFacts>>;
  /** The variant each sticky experience gave, by experience key. */
  readonly sticky: Readonly<Record<string, StickyAssignment>>;
  /** Experience keys with a recorded exposure, as `key@version`. */
  readonly exposed: readonly string[];
  /** What computed traits are read from, by trait. */
  readonly computed?: Readonly<Record<string, ComputedState>>;
  /** What the visitor turned to on each day, newest last: the day since 1970, and weight by `<dimension>.<value>`. */
  readonly interests?: readonly (readonly [number, Readonly<Record<string, number>>])[];
  /** `[hour of the week, events]`, ascending: when the visitor is here, by their own clock. */
  readonly habit?: readonly (readonly [number, number])[];
  /** `[item, when last]`, newest first. */
  readonly items?: readonly (readonly [string, number])[];
  /** `[when, tag]` of the newest events that a visit cookie may know too, oldest first. */
  readonly carried?: readonly (readonly [number, string])[];
  /** Only in copies near the visitor: which reads they were kept fresh for. See `stored-reads.ts`. */
  readonly copiedFor?: string;
}

/** What one computed trait has gathered. `of` names the declaration it was gathered under: another one begins anew. */
export interface ComputedState {
  readonly of: string;
  readonly data: Json;
}

/** How often and when an event of one name happened. Days and hours are counted since 1970 in UTC. */
export interface EventFacts {
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** `[hour since epoch, count]`, for the last 48 hours at most, ascending. */
  readonly hours: readonly (readonly [number, number])[];
  /** `[day since epoch, count]`, for the last 90 days at most, ascending. */
  readonly days: readonly (readonly [number, number])[];
}

export interface StickyAssignment {
  readonly variant: string;
  readonly version: number;
}

export const emptyProfile: Profile = { traits: {}, affinities: {}, events: {}, sticky: {}, exposed: [] };
