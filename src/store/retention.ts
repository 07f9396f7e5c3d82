import type { SiteKey } from "../core/ids.ts";

/** How much one statement may delete: D1 ends a query after 30 s, and while it runs nobody else writes. */
const batchRows = 2_000;
/** How much one run may delete of one site; what is left is the next run's. */
const batchesAtMost = 100;
/** How long a message that could not be taken in waits for somebody to send it again. */
export const deadLetterDays = 28;
/** Queues keep a message for two weeks at most, and as long again when it is sent again: after this nothing can be on its way. */
export const tombstoneDays = 60;

const dayMs = 86_400_000;

/** What a run removed. */
export interface Expired {
  readonly rows: number;
  /** Whether the bound was reached: some is left. */
  readonly isMore: boolean;
}

/** What is deleted because it is old. */
export interface RetentionStore {
  /** Removes what a site holds from before `beforeMs`. Repeating it, or dying in the middle, changes nothing more. */
  expire(site: SiteKey, beforeMs: number): Promise<Expired>;
  /** Removes tombstones and receipts that nothing can meet any more, and dead letters that nobody sent again. */
  expireTombstones(nowMs: number): Promise<void>;
}

/**
 * By table, in this order. Profiles, identities and consents go when their visitor has not come back for all of that time:
 * whoever is still coming keeps them, and the counters in them outlive the events that they counted.
 */
const expiredVisitors: readonly string[] = [
  "DELETE FROM events WHERE (visitor, site, id) IN (SELECT visitor, site, id FROM events WHERE site = ?1 AND at_ms < ?2 LIMIT ?3)",
  `DELETE FROM exposures WHERE (visitor, site, experience, version) IN
     (SELECT visitor, site, experience, version FROM exposures WHERE site = ?1 AND at_ms < ?2 LIMIT ?3)`,
  `DELETE FROM profiles WHERE (visitor, site) IN
     (SELECT visitor, site FROM profiles WHERE site = ?1 AND updated_at_ms < ?2 LIMIT ?3)`,
  ...["identities", "consents"].map(
    (table) => `DELETE FROM ${table} WHERE (visitor, site) IN
     (SELECT old.visitor, old.site FROM ${table} AS old WHERE old.site = ?1
        AND old.${table === "consents" ? "at_ms" : "bound_at_ms"} < ?2 AND NOT EXISTS
        (SELECT 1 FROM profiles WHERE profiles.visitor = old.visitor AND profiles.site = old.site) LIMIT ?3)`,
  ),
];

const expiredUsers = `DELETE FROM users WHERE (user, site) IN
     (SELECT old.user, old.site FROM users AS old WHERE old.site = ?1 AND old.created_at_ms < ?2 AND NOT EXISTS
        (SELECT 1 FROM identities WHERE identities.canonical = old.visitor AND identities.site = old.site) LIMIT ?3)`;

export function createRetentionStore(db: D1Database): RetentionStore {
  return {
    expire: (site, beforeMs) => expireBy([...expiredVisitors, expiredUsers], db, site, beforeMs),
    expireTombstones: (nowMs) => expireRemains(db, nowMs),
  };
}

/** Removes what one of several databases holds of visitors; users are not there. */
export const expireVisitors = (db: D1Database, site: SiteKey, beforeMs: number): Promise<Expired> =>
  expireBy(expiredVisitors, db, site, beforeMs);

async function expireBy(
  statements: readonly string[],
  db: D1Database,
  site: SiteKey,
  beforeMs: number,
): Promise<Expired> {
  let rows = 0;
  let left = batchesAtMost;
  for (const sql of statements) {
    for (let deleted = batchRows; deleted === batchRows && left > 0; left--) {
      deleted = (await db.prepare(sql).bind(site, beforeMs, batchRows).run()).meta.changes;
      rows += deleted;
    }
  }
  return { rows, isMore: left === 0 };
}

/** What is kept against repeats and for a while only. */
export async function expireRemains(db: D1Database, nowMs: number): Promise<void> {
  await db.batch([
    db.prepare("DELETE FROM tombstones WHERE erased_at_ms < ?1").bind(nowMs - tombstoneDays * dayMs),
    db.prepare("DELETE FROM receipts WHERE at_ms < ?1").bind(nowMs - tombstoneDays * dayMs),
    db.prepare("DELETE FROM dead_letters WHERE at_ms < ?1").bind(nowMs - deadLetterDays * dayMs),
  ]);
}
