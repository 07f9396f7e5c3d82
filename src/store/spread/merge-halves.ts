import { everyPurpose, purposeBits } from "../../core/consent.ts";
import { canonicalJson, type Json } from "../../core/json.ts";
import type { Merged } from "../../core/merge.ts";
import type { Profile } from "../../core/profile.ts";
import { exposureCells, moved, type Pair, type PendingMerge } from "../merging.ts";

const profileText = (profile: Profile): string => canonicalJson(profile as unknown as Json);

/** `?1` is `[visitor, site, version, tombstone, tombstone]`: the version must still be theirs, and neither must be erased. */
const unchanged = `coalesce((SELECT version FROM profiles WHERE visitor = ?1 ->> 0 AND site = ?1 ->> 1), 0) = ?1 ->> 2
  AND NOT EXISTS (SELECT 1 FROM tombstones WHERE hash IN (?1 ->> 3, ?1 ->> 4))`;

const columns = (count: number): string => Array.from({ length: count }, (_, index) => `value ->> ${index}`).join(", ");

const insertEvents = `INSERT INTO events (visitor, site, id, user, name, at_ms, value, props, source, purposes, stored_at_ms)
  SELECT ?1 ->> 0, ?1 ->> 1, ${columns(8)}, ?3 FROM json_each(?2) WHERE ${unchanged}`;

const upsertExposures = `INSERT INTO exposures
  (visitor, site, experience, version, user, variant, release, propensity_bps, route, at_ms, sticky, purposes, stored_at_ms)
  SELECT ?1 ->> 0, ?1 ->> 1, ${columns(10)}, ?3 FROM json_each(?2) WHERE ${unchanged}
  ON CONFLICT (visitor, site, experience, version) DO UPDATE SET user = excluded.user, variant = excluded.variant,
    release = excluded.release, propensity_bps = excluded.propensity_bps, route = excluded.route, at_ms = excluded.at_ms,
    sticky = excluded.sticky, purposes = excluded.purposes, stored_at_ms = excluded.stored_at_ms`;

const upsertConsent = `INSERT INTO consents (visitor, site, analytics, personalization, at_ms)
  SELECT ?1 ->> 0, ?1 ->> 1, ${columns(3)} FROM json_each(?2) WHERE ${unchanged}
  ON CONFLICT (visitor, site) DO UPDATE SET analytics = excluded.analytics, personalization = excluded.personalization,
    at_ms = excluded.at_ms WHERE excluded.at_ms > consents.at_ms`;

const insertReceipt = `INSERT INTO receipts (visitor, site, of, version, at_ms)
  SELECT ?1 ->> 0, ?1 ->> 1, ${columns(2)}, ?3 FROM json_each(?2) WHERE ${unchanged}`;

/** Last in its batch: it ends the version that the others compare. */
const upsertProfile = `INSERT INTO profiles (visitor, site, version, profile, created_at_ms, updated_at_ms)
  SELECT ?1 ->> 0, ?1 ->> 1, (?1 ->> 2) + 1, ?2, ?3, ?3 WHERE ${unchanged}
  ON CONFLICT (visitor, site) DO UPDATE SET version = excluded.version, profile = excluded.profile,
    updated_at_ms = excluded.updated_at_ms RETURNING visitor`;

/** The first half, where the new visitor is. @returns false when they were changed, or one of the two was erased. */
export async function takeIn(
  db: D1Database,
  { site, from, into }: Pair,
  pending: PendingMerge,
  merged: Merged,
  hashes: readonly string[],
  nowMs: number,
): Promise<boolean> {
  const who = JSON.stringify([into, site, pending.intoVersion, ...hashes]);
  const send = (sql: string, rows: readonly Json[]) => db.prepare(sql).bind(who, JSON.stringify(rows), nowMs);
  const receipt = pending.handedOverAt === undefined ? [] : [send(insertReceipt, [[from, pending.handedOverAt]])];
  const consent =
    pending.consent === undefined ? [] : [db.prepare(upsertConsent).bind(who, JSON.stringify([[...pending.consent]]))];
  const results = await db.batch([
    send(insertEvents, pending.events.filter(({ isKnown }) => !isKnown).map(eventCells)),
    send(upsertExposures, merged.exposures.map(exposureCells)),
    ...consent,
    ...receipt,
    db.prepare(upsertProfile).bind(who, profileText(merged.into), nowMs),
  ]);
  return results.at(-1)?.results.length === 1;
}

const eventCells = ({
  id,
  user,
  name,
  atMs,
  value,
  props,
  source,
  purposes,
}: PendingMerge["events"][number]): Json[] => {
  return [id, user, name, atMs, value, JSON.stringify(props), source, purposeBits(purposes ?? everyPurpose)];
};

const theirs = "visitor = ?1 ->> 0 AND site = ?1 ->> 1";

/** The second half, where the old visitor was. @returns false when they were changed: what is left is looked at anew. */
export async function letGo(
  db: D1Database,
  { site, from }: Pair,
  pending: PendingMerge,
  merged: Merged,
  hashes: readonly string[],
  nowMs: number,
): Promise<boolean> {
  const who = JSON.stringify([from, site, pending.fromVersion, ...hashes]);
  if (pending.handedOverAt !== undefined) {
    const sql = "DELETE FROM handovers WHERE visitor = ?1 AND site = ?2 AND version = ?3";
    return (await db.prepare(sql).bind(from, site, pending.handedOverAt).run()).success;
  }
  const ids = JSON.stringify(pending.events.map(({ id }) => id));
  const saidAtMs = pending.consent?.[2] ?? -1;
  const results = await db.batch([
    db
      .prepare(`DELETE FROM events WHERE ${theirs} AND id IN (SELECT value FROM json_each(?2)) AND ${unchanged}`)
      .bind(who, ids),
    db.prepare(`DELETE FROM exposures WHERE ${theirs} AND ${unchanged}`).bind(who),
    // What they have said since goes over with the next step.
    db.prepare(`DELETE FROM consents WHERE ${theirs} AND at_ms = ?2 AND ${unchanged}`).bind(who, saidAtMs),
    db.prepare(upsertProfile).bind(who, profileText(merged.from), nowMs),
  ]);
  return results.at(-1)?.results.length === 1;
}

/** Packs up what a profile knows beyond the ledger, which is empty. Does nothing when the visitor has changed since. */
export async function packUp(db: D1Database, { site, from }: Pair, version: number): Promise<void> {
  const isAt = "visitor = ?1 AND site = ?2 AND version = ?3";
  await db.batch([
    db
      .prepare(
        `INSERT INTO handovers (visitor, site, version, profile, at_ms)
         SELECT visitor, site, version, profile, updated_at_ms FROM profiles WHERE ${isAt}`,
      )
      .bind(from, site, version),
    db
      .prepare(`UPDATE profiles SET version = version + 1, profile = ?4 WHERE ${isAt}`)
      .bind(from, site, version, moved),
  ]);
}
