import type { ReleaseId, SiteKey } from "../core/ids.ts";
import type { LivePointer, Release } from "../core/release.ts";
import type { Actor } from "../core/review.ts";
import type { LiveState, UnrecordedKill } from "./live-copy.ts";

/** A row of D1 holds 2 MB, and a UTF-16 unit takes up to three bytes. */
const partCharacters = 600_000;

/**
 * Why a release can't be made live: it was never saved for this site, nobody has approved it, or another site answers for
 * one of its hosts.
 */
export type NotLive =
  | { readonly kind: "unknown_release"; readonly release: ReleaseId }
  | { readonly kind: "not_approved"; readonly release: ReleaseId }
  | { readonly kind: "host_taken"; readonly host: string; readonly by: SiteKey };

/** Who makes a release live, and what it takes. */
export interface Deed {
  readonly by: Actor;
  readonly atMs: number;
  /** The draft's revision that the release was made of, where it is known. */
  readonly revision: number | null;
  /** Only a release that is approved, or that visitors have had before. Judged in the very batch that moves the pointer. */
  readonly needsApproval: boolean;
}

interface LiveRow {
  readonly site: SiteKey;
  readonly release: ReleaseId;
  readonly killed: number;
  readonly published_at_ms: number;
  readonly staged_release: ReleaseId | null;
  readonly staged_bps: number | null;
  readonly staged_seed: string | null;
}

const pointerOfRow = (row: LiveRow): LivePointer => ({
  site: row.site,
  release: row.release,
  killed: row.killed === 1,
  publishedAtMs: row.published_at_ms,
  ...(row.staged_release === null
    ? {}
    : { staged: { release: row.staged_release, shareBps: row.staged_bps ?? 0, seed: row.staged_seed ?? "" } }),
});

/** A surrogate pair must not be cut in two: its halves alone are no characters. */
export function inParts(text: string, characters = partCharacters): string[] {
  const parts: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = start + characters;
    const last = text.charCodeAt(end - 1);
    const cutsPair = end < text.length && last >= 0xd800 && last <= 0xdbff;
    parts.push(text.slice(start, cutsPair ? end + 1 : end));
    start = cutsPair ? end + 1 : end;
  }
  return parts;
}

/** All of a release or, when it is there already, nothing. */
export async function insertRelease(db: D1Database, release: Release, text: string, nowMs: number): Promise<void> {
  const parts = inParts(text);
  const insert =
    "INSERT INTO releases (id, site, shape, parts, created_at_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
  const part = db.prepare("INSERT INTO release_parts (release, part, text) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
  await db.batch([
    db.prepare(insert).bind(release.id, release.site, release.shape, parts.length, nowMs),
    ...parts.map((content, index) => part.bind(release.id, index, content)),
  ]);
}

export async function selectReleaseText(db: D1Database, id: ReleaseId): Promise<string | null> {
  const select = db.prepare("SELECT text FROM release_parts WHERE release = ? ORDER BY part").bind(id);
  const { results } = await select.all<{ text: string }>();
  return results.length === 0 ? null : results.map(({ text }) => text).join("");
}

export async function selectPointer(db: D1Database, site: SiteKey): Promise<LivePointer | null> {
  const row = await db.prepare("SELECT * FROM live WHERE site = ?").bind(site).first<LiveRow>();
  return row && pointerOfRow(row);
}

export async function selectLiveState(db: D1Database, site: SiteKey): Promise<LiveState | null> {
  const pointer = await selectPointer(db, site);
  if (pointer === null) return null;
  const releaseText = await selectReleaseText(db, pointer.release);
  const stagedText = pointer.staged === undefined ? null : await selectReleaseText(db, pointer.staged.release);
  const select = db.prepare("SELECT host FROM live_hosts WHERE site = ? ORDER BY host").bind(site);
  const { results } = await select.all<{ host: string }>();
  return releaseText === null ? null : { pointer, releaseText, stagedText, hosts: results.map(({ host }) => host) };
}

/** @returns the pointer as it is now, `null` when nothing of the site is live. */
export async function updateKilled(db: D1Database, site: SiteKey, kill: UnrecordedKill): Promise<LivePointer | null> {
  const sql = "UPDATE live SET killed = ?2, killed_at_ms = ?3 WHERE site = ?1 AND killed_at_ms <= ?3 RETURNING *";
  const row = await db
    .prepare(sql)
    .bind(site, kill.killed ? 1 : 0, kill.atMs)
    .first<LiveRow>();
  return row ? pointerOfRow(row) : selectPointer(db, site);
}
