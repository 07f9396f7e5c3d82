import type { Merged } from "../../core/merge.ts";
import {
  type EventRow,
  type ExposureRow,
  eventOf,
  exposureOf,
  isMoved,
  type MergeStore,
  type Pair,
  type PendingMerge,
  profileIn,
  stepEvents,
} from "../merging.ts";
import { tombstoneOf } from "../tombstone.ts";
import { databaseOf, noticing, type VisitorDatabases } from "./databases.ts";
import { letGo, packUp, takeIn } from "./merge-halves.ts";

/**
 * Merges visitors who may be in different databases. No batch reaches across, so a step has two halves, and may die between them:
 * first the new visitor takes rows in, then the old one lets them go.
 *
 * - **Rows of the ledger** have ids: rows that were taken in and not let go are seen to be known, and are only let go.
 * - **What the profile knows beyond the ledger** has none, so it is given one: when the ledger is empty, the rest is packed up in a
 *   handover, which never changes again, and whoever takes it in leaves a receipt in the same batch.
 */
export function spreadMerging(databases: VisitorDatabases): MergeStore {
  return {
    pending: (pair) => noticing(databases, async () => pendingOf(await sidesOf(databases, pair), pair)),
    apply: (pair, pending, merged, nowMs) =>
      noticing(databases, async () => {
        const sides = await sidesOf(databases, pair);
        const hashes = await Promise.all(
          [pair.from, pair.into].map((visitor) => tombstoneOf({ visitor, site: pair.site })),
        );
        if (!(await takeIn(sides.into, pair, pending, merged, hashes, nowMs))) return false;
        if (!(await letGo(sides.from, pair, pending, merged, hashes, nowMs))) return false;
        await countConflicts(databases.first, pair, merged);
        return true;
      }),
  };
}

/** The databases of the two. */
interface Sides {
  readonly from: D1Database;
  readonly into: D1Database;
}

const sidesOf = async (databases: VisitorDatabases, { from, into }: Pair): Promise<Sides> => ({
  from: await databaseOf(databases, from),
  into: await databaseOf(databases, into),
});

/** A number for people: a death right before may leave it uncounted, never counted twice. */
async function countConflicts(first: D1Database, { site, into }: Pair, { conflicts }: Merged): Promise<void> {
  if (conflicts === 0) return;
  const sql = "UPDATE users SET conflicts = conflicts + ?3 WHERE visitor = ?1 AND site = ?2";
  await first.prepare(sql).bind(into, site, conflicts).run();
}

interface VersionRow {
  readonly version: number;
  readonly profile: string;
}

interface ConsentRow {
  readonly analytics: number;
  readonly personalization: number;
  readonly at_ms: number;
}

/** What is left of the old visitor. */
interface Left {
  readonly profile: VersionRow | undefined;
  readonly events: readonly EventRow[];
  readonly exposures: readonly ExposureRow[];
  readonly consent: ConsentRow | undefined;
  readonly handover: VersionRow | undefined;
}

const roundsAtMost = 5;

async function pendingOf(sides: Sides, pair: Pair): Promise<PendingMerge | null> {
  for (let round = 0; round < roundsAtMost; round += 1) {
    const left = await leftOf(sides.from, pair);
    const { profile, handover } = left;
    if (handover !== undefined) {
      const found = await stepFor(sides.into, pair, left, handover);
      if (found !== "received") return found;
      await sides.from.prepare(deleteHandover).bind(pair.from, pair.site, handover.version).run();
    } else if (profile === undefined || left.events.length + left.exposures.length > 0 || left.consent !== undefined) {
      return stepOf(sides.into, pair, left);
    } else if (isMoved(profile.profile)) {
      return null;
    } else {
      await packUp(sides.from, pair, profile.version);
    }
  }
  throw new Error("The visitor kept changing while they were being merged");
}

const deleteHandover = "DELETE FROM handovers WHERE visitor = ?1 AND site = ?2 AND version = ?3";

async function leftOf(db: D1Database, { site, from }: Pair): Promise<Left> {
  const ask = (sql: string) => db.prepare(sql).bind(from, site);
  const [profiles, events, exposures, consents, handovers] = await db.batch<never>([
    ask("SELECT version, profile FROM profiles WHERE visitor = ?1 AND site = ?2"),
    ask(`SELECT *, 0 AS is_known FROM events WHERE visitor = ?1 AND site = ?2 ORDER BY id LIMIT ${stepEvents}`),
    ask("SELECT * FROM exposures WHERE visitor = ?1 AND site = ?2"),
    ask("SELECT analytics, personalization, at_ms FROM consents WHERE visitor = ?1 AND site = ?2"),
    ask("SELECT version, profile FROM handovers WHERE visitor = ?1 AND site = ?2 ORDER BY version LIMIT 1"),
  ]);
  return {
    profile: profiles?.results[0],
    events: events?.results ?? [],
    exposures: exposures?.results ?? [],
    consent: consents?.results[0],
    handover: handovers?.results[0],
  };
}

/** What the new visitor has already, as far as the step concerns it. */
async function standingOf(db: D1Database, { site, from, into }: Pair, ids: readonly string[], version: number) {
  const [profiles, exposures, events, receipts] = await db.batch<never>([
    db.prepare("SELECT version, profile FROM profiles WHERE visitor = ?1 AND site = ?2").bind(into, site),
    db.prepare("SELECT * FROM exposures WHERE visitor = ?1 AND site = ?2").bind(into, site),
    db
      .prepare("SELECT id FROM events WHERE visitor = ?1 AND site = ?2 AND id IN (SELECT value FROM json_each(?3))")
      .bind(into, site, JSON.stringify(ids)),
    db
      .prepare("SELECT 1 AS received FROM receipts WHERE visitor = ?1 AND site = ?2 AND of = ?3 AND version = ?4")
      .bind(into, site, from, version),
  ]);
  const [profile] = (profiles?.results ?? []) as VersionRow[];
  return {
    into: profileIn(profile),
    intoVersion: profile?.version ?? 0,
    standing: ((exposures?.results ?? []) as ExposureRow[]).map(exposureOf),
    known: new Set(((events?.results ?? []) as { id: string }[]).map(({ id }) => id)),
    isReceived: (receipts?.results.length ?? 0) > 0,
  };
}

async function stepOf(db: D1Database, pair: Pair, left: Left): Promise<PendingMerge> {
  const ids = left.events.map(({ id }) => id);
  const { into, intoVersion, standing, known } = await standingOf(db, pair, ids, 0);
  return {
    from: profileIn(left.profile),
    into,
    fromVersion: left.profile?.version ?? 0,
    intoVersion,
    events: left.events.map((row) => ({ ...eventOf(row), isKnown: known.has(row.id) })),
    exposures: left.exposures.map(exposureOf),
    standing,
    // The rest is handed over by itself, once nothing of the ledger is left.
    isLast: false,
    ...(left.consent ? { consent: [left.consent.analytics, left.consent.personalization, left.consent.at_ms] } : {}),
  };
}

async function stepFor(
  db: D1Database,
  pair: Pair,
  left: Left,
  handover: VersionRow,
): Promise<PendingMerge | "received"> {
  const { into, intoVersion, standing, isReceived } = await standingOf(db, pair, [], handover.version);
  if (isReceived) return "received";
  return {
    from: profileIn(handover),
    into,
    fromVersion: left.profile?.version ?? 0,
    intoVersion,
    events: [],
    exposures: [],
    standing,
    isLast: true,
    handedOverAt: handover.version,
  };
}
