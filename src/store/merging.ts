import type { LedgerEvent, LedgerExposure } from "../core/absorb.ts";
import { everyPurpose, purposeBits, purposesOfBits } from "../core/consent.ts";
import type { ReleaseId, SiteKey, UserId, VisitorId } from "../core/ids.ts";
import { canonicalJson, type Json, type JsonObject } from "../core/json.ts";
import type { Merged, Merging } from "../core/merge.ts";
import { emptyProfile, type Profile } from "../core/profile.ts";
import { parseJson } from "./parse-json.ts";
import { parseProfile } from "./profile-json.ts";
import { tombstoneOf } from "./tombstone.ts";

/** A visitor who is to become part of another. */
export interface Pair {
  readonly site: SiteKey;
  readonly from: VisitorId;
  readonly into: VisitorId;
}

/** A step of a merge as it was read, and the versions that must still be there when it is written. */
export interface PendingMerge extends Merging {
  readonly fromVersion: number;
  readonly intoVersion: number;
  /** Over several databases only: at which version of the old visitor this was packed up. See `spread/merging.ts`. */
  readonly handedOverAt?: number;
  /** Likewise: what the old visitor has said last (1 or 0 for analytics and personalization, and when). */
  readonly consent?: readonly [number, number, number];
}

/** Moves what is known of one visitor to another, in steps of which each takes effect as a whole or not at all. */
export interface MergeStore {
  /** `null` when nothing is left to merge, and whoever writes to the old visitor will notice that they have moved. */
  pending(pair: Pair): Promise<PendingMerge | null>;
  /** @returns false when somebody else changed one of the two since they were read. */
  apply(pair: Pair, pending: PendingMerge, merged: Merged, nowMs: number): Promise<boolean>;
}

/** Rows of a ledger that one step moves. */
export const stepEvents = 1_000;

export function createMergeStore(db: D1Database): MergeStore {
  return {
    pending: (pair) => pendingOf(db, pair),
    apply: (pair, pending, merged, nowMs) => apply(db, pair, pending, merged, nowMs),
  };
}

interface ProfileRow {
  readonly visitor: VisitorId;
  readonly version: number;
  readonly profile: string;
}
export interface EventRow {
  readonly id: string;
  readonly user: UserId | null;
  readonly name: string;
  readonly at_ms: number;
  readonly value: number | null;
  readonly props: string;
  readonly source: LedgerEvent["source"];
  readonly purposes: number;
  readonly is_known: number;
}
export interface ExposureRow {
  readonly visitor: VisitorId;
  readonly experience: string;
  readonly version: number;
  readonly user: UserId | null;
  readonly variant: string;
  readonly release: ReleaseId;
  readonly propensity_bps: number;
  readonly route: string;
  readonly at_ms: number;
  readonly sticky: number;
  readonly purposes: number;
}

async function pendingOf(db: D1Database, { site, from, into }: Pair): Promise<PendingMerge | null> {
  const [profiles, events, exposures] = await db.batch([
    db
      .prepare("SELECT visitor, version, profile FROM profiles WHERE site = ?1 AND visitor IN (?2, ?3)")
      .bind(site, from, into),
    db
      .prepare(
        `SELECT own.*, EXISTS (SELECT 1 FROM events AS theirs
           WHERE theirs.visitor = ?3 AND theirs.site = ?1 AND theirs.id = own.id) AS is_known
         FROM events AS own WHERE own.visitor = ?2 AND own.site = ?1 ORDER BY own.id LIMIT ${stepEvents}`,
      )
      .bind(site, from, into),
    db.prepare("SELECT * FROM exposures WHERE site = ?1 AND visitor IN (?2, ?3)").bind(site, from, into),
  ]);
  const rows = (profiles?.results ?? []) as ProfileRow[];
  const own = rows.find(({ visitor }) => visitor === from);
  const other = rows.find(({ visitor }) => visitor === into);
  const ledger = ((events?.results ?? []) as EventRow[]).map(eventOf);
  const shown = (exposures?.results ?? []) as ExposureRow[];
  const moving = shown.filter(({ visitor }) => visitor === from);
  const isEmpty = own !== undefined && ledger.length === 0 && moving.length === 0 && isMoved(own.profile);
  if (isEmpty) return null;
  return {
    from: profileIn(own),
    into: profileIn(other),
    fromVersion: own?.version ?? 0,
    intoVersion: other?.version ?? 0,
    events: ledger,
    exposures: moving.map(exposureOf),
    standing: shown.filter(({ visitor }) => visitor === into).map(exposureOf),
    isLast: ledger.length < stepEvents,
  };
}

export const moved = canonicalJson(emptyProfile as unknown as Json);
export const isMoved = (profile: string): boolean => profile === moved;

export function profileIn(row: { readonly profile: string } | undefined | null): Profile {
  if (!row) return emptyProfile;
  const profile = parseProfile(row.profile);
  if (profile === null) throw new Error("A profile in D1 can't be read: merging would lose it");
  return profile;
}

export const eventOf = (row: EventRow): Merging["events"][number] => ({
  id: row.id,
  user: row.user,
  name: row.name,
  atMs: row.at_ms,
  value: row.value,
  props: (parseJson(row.props) ?? {}) as JsonObject,
  source: row.source,
  purposes: purposesOfBits(row.purposes),
  isKnown: row.is_known === 1,
});

export const exposureOf = (row: ExposureRow): LedgerExposure => ({
  experience: row.experience,
  version: row.version,
  user: row.user,
  variant: row.variant,
  release: row.release,
  propensityBps: row.propensity_bps,
  route: row.route,
  atMs: row.at_ms,
  sticky: row.sticky === 1,
  purposes: purposesOfBits(row.purposes),
});

/** Both are as they were read, and neither was erased. `?1` is `[site, from, its version, into, its version, tombstones …]`. */
const unchanged = `coalesce((SELECT version FROM profiles WHERE visitor = ?1 ->> 1 AND site = ?1 ->> 0), 0) = ?1 ->> 2
  AND coalesce((SELECT version FROM profiles WHERE visitor = ?1 ->> 3 AND site = ?1 ->> 0), 0) = ?1 ->> 4
  AND NOT EXISTS (SELECT 1 FROM tombstones WHERE hash IN (?1 ->> 5, ?1 ->> 6))`;

const theseEvents = "visitor = ?1 ->> 1 AND site = ?1 ->> 0 AND id IN (SELECT value FROM json_each(?2))";

const copyEvents = `INSERT INTO events (visitor, site, id, user, name, at_ms, value, props, source, purposes, stored_at_ms)
  SELECT ?1 ->> 3, site, id, user, name, at_ms, value, props, source, purposes, stored_at_ms FROM events
  WHERE ${theseEvents} AND ${unchanged} ON CONFLICT DO NOTHING`;
const deleteEvents = `DELETE FROM events WHERE ${theseEvents} AND ${unchanged}`;

const upsertExposures = `INSERT INTO exposures
  (visitor, site, experience, version, user, variant, release, propensity_bps, route, at_ms, sticky, purposes, stored_at_ms)
  SELECT ?1 ->> 3, ?1 ->> 0, ${Array.from({ length: 10 }, (_, index) => `value ->> ${index}`).join(", ")}, ?3
  FROM json_each(?2) WHERE ${unchanged}
  ON CONFLICT (visitor, site, experience, version) DO UPDATE SET user = excluded.user, variant = excluded.variant,
    release = excluded.release, propensity_bps = excluded.propensity_bps, route = excluded.route, at_ms = excluded.at_ms,
    sticky = excluded.sticky, purposes = excluded.purposes, stored_at_ms = excluded.stored_at_ms`;
const deleteExposures = `DELETE FROM exposures WHERE visitor = ?1 ->> 1 AND site = ?1 ->> 0 AND ${unchanged}`;

const copyConsent = `INSERT INTO consents (visitor, site, analytics, personalization, at_ms)
  SELECT ?1 ->> 3, site, analytics, personalization, at_ms FROM consents
  WHERE visitor = ?1 ->> 1 AND site = ?1 ->> 0 AND ${unchanged}
  ON CONFLICT (visitor, site) DO UPDATE SET analytics = excluded.analytics, personalization = excluded.personalization,
    at_ms = excluded.at_ms WHERE excluded.at_ms > consents.at_ms`;
const deleteConsent = `DELETE FROM consents WHERE visitor = ?1 ->> 1 AND site = ?1 ->> 0 AND ${unchanged}`;

const countConflicts = `UPDATE users SET conflicts = conflicts + ?2
  WHERE visitor = ?1 ->> 3 AND site = ?1 ->> 0 AND ${unchanged}`;

/** Last, and both at once: it is what ends the versions that the others compare. */
const upsertProfiles = `INSERT INTO profiles (visitor, site, version, profile, created_at_ms, updated_at_ms)
  SELECT value ->> 0, ?1 ->> 0, value ->> 1, value ->> 2, ?3, ?3 FROM json_each(?2) WHERE ${unchanged}
  ON CONFLICT (visitor, site) DO UPDATE SET version = excluded.version, profile = excluded.profile,
    updated_at_ms = excluded.updated_at_ms RETURNING visitor`;

async function apply(
  db: D1Database,
  { site, from, into }: Pair,
  { fromVersion, intoVersion, events }: PendingMerge,
  merged: Merged,
  nowMs: number,
): Promise<boolean> {
  const hashes = await Promise.all([from, into].map((visitor) => tombstoneOf({ visitor, site })));
  const who = JSON.stringify([site, from, fromVersion, into, intoVersion, ...hashes]);
  const ids = JSON.stringify(events.map(({ id }) => id));
  const profileOf = (profile: Profile) => canonicalJson(profile as unknown as Json);
  const profiles = [
    [from, fromVersion + 1, profileOf(merged.from)],
    [into, intoVersion + 1, profileOf(merged.into)],
  ];
  const run = (sql: string, ...more: (string | number)[]) => db.prepare(sql).bind(who, ...more);
  const results = await db.batch([
    run(copyEvents, ids),
    run(deleteEvents, ids),
    run(upsertExposures, JSON.stringify(merged.exposures.map(exposureCells)), nowMs),
    run(deleteExposures),
    run(copyConsent),
    run(deleteConsent),
    run(countConflicts, merged.conflicts),
    run(upsertProfiles, JSON.stringify(profiles), nowMs),
  ]);
  return results.at(-1)?.results.length === 2;
}

export const exposureCells = (one: LedgerExposure): Json[] => {
  const { experience, version, user, variant, release, propensityBps, route, atMs, sticky, purposes } = one;
  const bits = purposeBits(purposes ?? everyPurpose);
  return [experience, version, user, variant, release, propensityBps, route, atMs, sticky ? 1 : 0, bits];
};
