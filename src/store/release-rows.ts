import type { ReleaseId, SiteKey } from "../core/ids.ts";
import type { LivePointer, Release } from "../core/release.ts";
import type { LiveState, UnrecordedKill } from "./live-copy.ts";

/** A row of D1 holds 2 MB, and a UTF-16 unit takes up to three bytes. */
const partCharacters = 600_000;

/** Why a release can't be made live: it was never saved for this site, or another site answers for one of its hosts. */
export type NotLive =
  | { readonly kind: "unknown_release"; readonly release: ReleaseId }
  | { readonly kind: "host_taken"; readonly host: string; readonly by: SiteKey };

interface LiveRow {
  readonly site: SiteKey;
  readonly release: ReleaseId;
  readonly killed: number;
  readonly published_at_ms: number;
}

const pointerOfRow = ({ site, release, killed, published_at_ms }: LiveRow): LivePointer => ({
  site,
  release,
  killed: killed === 1,
  publishedAtMs: published_at_ms,
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
  const select = db.prepare("SELECT host FROM live_hosts WHERE site = ? ORDER BY host").bind(site);
  const { results } = await select.all<{ host: string }>();
  return releaseText === null ? null : { pointer, releaseText, hosts: results.map(({ host }) => host) };
}

/** Whether the release is this site's, and no host of `?3` (a JSON array) is another site's. */
const mayGoLive = `EXISTS (SELECT 1 FROM releases WHERE id = ?1 AND site = ?2) AND NOT EXISTS
  (SELECT 1 FROM live_hosts JOIN json_each(?3) AS wanted ON wanted.value = live_hosts.host WHERE live_hosts.site <> ?2)`;

/** Moves the pointer and the hosts, or neither. The kill switch stays as it is: publishing never throws it. */
export async function updateLive(
  db: D1Database,
  { release, site, killed, publishedAtMs }: LivePointer,
  hosts: readonly string[],
): Promise<NotLive | null> {
  const bound = [release, site, JSON.stringify(hosts)];
  const moveSql = `INSERT INTO live (site, release, killed, published_at_ms) SELECT ?2, ?1, ?4, ?5 WHERE ${mayGoLive}
    ON CONFLICT (site) DO UPDATE SET release = excluded.release, published_at_ms = excluded.published_at_ms
    RETURNING site`;
  const dropSql = `DELETE FROM live_hosts WHERE site = ?2 AND host NOT IN (SELECT value FROM json_each(?3)) AND ${mayGoLive}`;
  const takeSql = `INSERT INTO live_hosts (host, site) SELECT value, ?2 FROM json_each(?3) WHERE ${mayGoLive}
    ON CONFLICT DO NOTHING`;
  const takenSql = `SELECT host, site FROM live_hosts WHERE site <> ?2 AND host IN (SELECT value FROM json_each(?3)) AND ?1 = ?1`;
  const results = await db.batch<{ host: string; site: SiteKey }>([
    db.prepare(moveSql).bind(...bound, killed ? 1 : 0, publishedAtMs),
    db.prepare(dropSql).bind(...bound),
    db.prepare(takeSql).bind(...bound),
    db.prepare(takenSql).bind(...bound),
  ]);
  if (results[0]?.results.length === 1) return null;
  const taken = results[3]?.results[0];
  return taken ? { kind: "host_taken", host: taken.host, by: taken.site } : { kind: "unknown_release", release };
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
