import type { Digest } from "./release-id.ts";

/** What somebody did, as it is remembered. Texts only: what was changed is named by its hash, so that nothing secret is here. */
export interface AuditEntry {
  /** The site's key; `*` for what concerns the deployment. */
  readonly site: string;
  readonly atMs: number;
  readonly principal: string;
  readonly action: string;
  /** Method and address. */
  readonly subject: string;
  /** `begun` stands before every change, so that none can happen unseen; how it ended follows in a row of its own. */
  readonly outcome: AuditOutcome;
  readonly before: string | null;
  readonly after: string | null;
  readonly reason: string | null;
  readonly request: string;
}

export type AuditOutcome = "begun" | "done" | "refused" | "failed" | "read";

/** An entry in its place: `hash` covers the entry, its number and the hash before, so that no row can be changed or left out unseen. */
export interface AuditRow extends AuditEntry {
  readonly seq: number;
  readonly previous: string;
  readonly hash: string;
}

/** Where a chain ends: the next row links to it. */
export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
}

export const noRowsYet: AuditHead = { seq: 0, hash: "" };

/** The row that follows `head`. */
export async function linked(entry: AuditEntry, head: AuditHead, digest: Digest): Promise<AuditRow> {
  const row = { ...entry, seq: head.seq + 1, previous: head.hash };
  return { ...row, hash: await digest(textOf(row)) };
}

/** What is hashed: a JSON array, whose order and spelling never vary. The number is the shape of this text. */
function textOf(row: Omit<AuditRow, "hash">): string {
  const { site, seq, atMs, principal, action, subject, outcome, before, after, reason, request, previous } = row;
  return JSON.stringify([
    1,
    site,
    seq,
    atMs,
    principal,
    action,
    subject,
    outcome,
    before,
    after,
    reason,
    request,
    previous,
  ]);
}

/** Why a chain can't be believed: the number of the first row that is wrong. */
export interface BrokenLink {
  readonly seq: number;
  readonly what: "missing" | "unlinked" | "changed";
}

/**
 * Checks that `rows` follow `head` without a gap, each as it was written. Whoever can rewrite the database can rewrite the
 * whole chain, but not a head that was noted elsewhere: compare with one from time to time.
 */
export async function verifyRows(
  rows: readonly AuditRow[],
  head: AuditHead,
  digest: Digest,
): Promise<AuditHead | BrokenLink> {
  let at = head;
  for (const row of rows) {
    if (row.seq !== at.seq + 1) return { seq: at.seq + 1, what: "missing" };
    if (row.previous !== at.hash) return { seq: row.seq, what: "unlinked" };
    if (row.hash !== (await digest(textOf(row)))) return { seq: row.seq, what: "changed" };
    at = { seq: row.seq, hash: row.hash };
  }
  return at;
}
