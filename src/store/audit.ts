import { type AuditEntry, type AuditHead, type AuditRow, linked, noRowsYet } from "../core/audit.ts";
import type { Digest } from "../core/release-id.ts";

/** Who did what. Rows are never changed or deleted: triggers of `DB` refuse it. */
export interface AuditStore {
  /**
   * Adds a row at the end of its site's chain.
   *
   * @throws when D1 is away, or others kept being first: nothing was written then.
   */
  append(entry: AuditEntry): Promise<AuditRow>;
  /** Rows of a site's chain from behind `afterSeq`, oldest first. */
  rows(site: string, afterSeq: number, limit: number): Promise<AuditRow[]>;
}

/** Each round somebody gets their row in, so that this many may write at once. */
const roundsAtMost = 60;
const pauseMs = 4;

const columns = `site, seq, at_ms AS atMs, principal, action, subject, outcome, before_hash AS before, after_hash AS after,
  reason, request, previous_hash AS previous, hash`;

export function createAuditStore(db: D1Database, digest: Digest): AuditStore {
  return {
    append: async (entry) => {
      for (let round = 1; ; round += 1) {
        const row = await linked(entry, await headOf(db, entry.site), digest);
        if (await inserted(db, row)) return row;
        if (round === roundsAtMost) throw new Error("The audit could not be written: others kept being first");
        await pause(Math.random() * pauseMs * round);
      }
    },
    rows: async (site, afterSeq, limit) => {
      const sql = `SELECT ${columns} FROM audit WHERE site = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3`;
      return (await db.prepare(sql).bind(site, afterSeq, limit).all<AuditRow>()).results;
    },
  };
}

async function headOf(db: D1Database, site: string): Promise<AuditHead> {
  const sql = "SELECT seq, hash FROM audit WHERE site = ?1 ORDER BY seq DESC LIMIT 1";
  return (await db.prepare(sql).bind(site).first<AuditHead>()) ?? noRowsYet;
}

/** @returns false when somebody else has taken the place. The condition is the trigger's, so that losing a race is no exception. */
async function inserted(db: D1Database, row: AuditRow): Promise<boolean> {
  const sql = `INSERT INTO audit (site, seq, at_ms, principal, action, subject, outcome, before_hash, after_hash, reason,
      request, previous_hash, hash)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13
    WHERE coalesce((SELECT max(seq) FROM audit WHERE site = ?1), 0) = ?2 - 1`;
  const { site, seq, atMs, principal, action, subject, outcome, before, after, reason, request, previous, hash } = row;
  const { meta } = await db
    .prepare(sql)
    .bind(site, seq, atMs, principal, action, subject, outcome, before, after, reason, request, previous, hash)
    .run();
  return meta.changes === 1;
}

const pause = (durationMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, durationMs));
