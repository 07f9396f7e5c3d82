import type { ReleaseId, SiteKey } from "../core/ids.ts";
import type { LivePointer, StagedRelease } from "../core/release.ts";
import type { Deed, NotLive } from "./release-rows.ts";

/** Statements that move a site's pointer. All conditions stand in SQL, so that a batch does everything or nothing. */

/** Whether the release is this site's, and may be shown: `?1` release, `?2` site, `?3` 1 when it must be approved. */
const mayBeShown = `EXISTS (SELECT 1 FROM releases WHERE id = ?1 AND site = ?2) AND (?3 = 0
  OR EXISTS (SELECT 1 FROM release_states WHERE site = ?2 AND release = ?1 AND state = 'live')
  OR 'approved' = (SELECT state FROM release_states WHERE site = ?2 AND release = ?1
    AND state IN ('review', 'approved', 'rejected') ORDER BY id DESC LIMIT 1))`;

/** And no host of `?4` (a JSON array) is another site's. */
const mayGoLive = `${mayBeShown} AND NOT EXISTS
  (SELECT 1 FROM live_hosts JOIN json_each(?4) AS wanted ON wanted.value = live_hosts.host WHERE live_hosts.site <> ?2)`;

const insertState = "INSERT INTO release_states (site, release, state, actor, actor_name, at_ms, revision)";

/** The release before is superseded, or rolled back when visitors had the new one earlier; one that was staged is so no more. */
const leavesSql = `${insertState} SELECT ?2, release, CASE WHEN EXISTS
    (SELECT 1 FROM release_states WHERE site = ?2 AND release = ?1 AND state = 'live') THEN 'rolled_back' ELSE 'superseded' END,
  ?5, ?6, ?7, NULL FROM live WHERE site = ?2 AND release <> ?1 AND ${mayGoLive}`;
const unstagesSql = `${insertState} SELECT ?2, staged_release, 'unstaged', ?5, ?6, ?7, NULL
  FROM live WHERE site = ?2 AND staged_release <> ?1 AND ${mayGoLive}`;
const arrivesSql = `${insertState} SELECT ?2, ?1, 'live', ?5, ?6, ?7, ?8
  WHERE NOT EXISTS (SELECT 1 FROM live WHERE site = ?2 AND release = ?1) AND ${mayGoLive}`;
const moveSql = `INSERT INTO live (site, release, killed, published_at_ms) SELECT ?2, ?1, ?5, ?6 WHERE ${mayGoLive}
  ON CONFLICT (site) DO UPDATE SET release = excluded.release, published_at_ms = excluded.published_at_ms,
    staged_release = NULL, staged_bps = NULL, staged_seed = NULL
  RETURNING site`;
const dropSql = `DELETE FROM live_hosts WHERE site = ?2 AND host NOT IN (SELECT value FROM json_each(?4)) AND ${mayGoLive}`;
const takeSql = `INSERT INTO live_hosts (host, site) SELECT value, ?2 FROM json_each(?4) WHERE ${mayGoLive}
  ON CONFLICT DO NOTHING`;
const doneSql = `DELETE FROM scheduled_releases WHERE site = ?2 AND release = ?1 AND ${mayGoLive}`;
const takenSql = `SELECT host, site FROM live_hosts WHERE site <> ?2 AND host IN (SELECT value FROM json_each(?1))`;
const knownSql = "SELECT 1 AS known FROM releases WHERE id = ?1 AND site = ?2";

/**
 * Moves the pointer and the hosts, and notes what that means for the releases concerned; or does nothing at all. The kill
 * switch stays as it is: publishing never throws it. Nothing is staged afterwards.
 */
export async function updateLive(
  db: D1Database,
  { release, site, killed, publishedAtMs }: LivePointer,
  hosts: readonly string[],
  { by, atMs, revision, needsApproval }: Deed,
): Promise<NotLive | null> {
  const hostsText = JSON.stringify(hosts);
  const bound = [release, site, needsApproval ? 1 : 0, hostsText];
  const who = [by.id, by.name, atMs];
  const results = await db.batch<{ host: string; site: SiteKey }>([
    db.prepare(leavesSql).bind(...bound, ...who),
    db.prepare(unstagesSql).bind(...bound, ...who),
    db.prepare(arrivesSql).bind(...bound, ...who, revision),
    db.prepare(moveSql).bind(...bound, killed ? 1 : 0, publishedAtMs),
    db.prepare(dropSql).bind(...bound),
    db.prepare(takeSql).bind(...bound),
    db.prepare(doneSql).bind(...bound),
    db.prepare(takenSql).bind(hostsText, site),
    db.prepare(knownSql).bind(release, site),
  ]);
  if (results[3]?.results.length === 1) return null;
  const taken = results[7]?.results[0];
  if (results[8]?.results.length !== 1) return { kind: "unknown_release", release };
  return taken ? { kind: "host_taken", host: taken.host, by: taken.site } : { kind: "not_approved", release };
}

const stageSql = `UPDATE live SET staged_release = ?1, staged_bps = ?4, staged_seed = ?5
  WHERE site = ?2 AND release <> ?1 AND ${mayBeShown} RETURNING site`;
const stagedStateSql = `${insertState} SELECT ?2, ?1, 'staged', ?4, ?5, ?6, ?7
  FROM live WHERE site = ?2 AND release <> ?1 AND ${mayBeShown}`;

/** Gives a release to a share of the visitors beside the live one, or changes the share. The hosts stay the live one's. */
export async function updateStaged(
  db: D1Database,
  site: SiteKey,
  { release, shareBps, seed }: StagedRelease,
  { by, atMs, revision, needsApproval }: Deed,
): Promise<NotLive | null> {
  const bound = [release, site, needsApproval ? 1 : 0];
  const results = await db.batch([
    db.prepare(stagedStateSql).bind(...bound, by.id, by.name, atMs, revision),
    db.prepare(stageSql).bind(...bound, shareBps, seed),
    db.prepare(knownSql).bind(release, site),
  ]);
  if (results[1]?.results.length === 1) return null;
  return { kind: results[2]?.results.length === 1 ? "not_approved" : "unknown_release", release };
}

const unstageSql = `UPDATE live SET staged_release = NULL, staged_bps = NULL, staged_seed = NULL WHERE site = ?1`;
const unstagedStateSql = `${insertState} SELECT ?1, staged_release, 'unstaged', ?2, ?3, ?4, NULL
  FROM live WHERE site = ?1 AND staged_release IS NOT NULL RETURNING release`;

/** @returns the release that was staged; `null` when none was. */
export async function clearStaged(db: D1Database, site: SiteKey, { by, atMs }: Deed): Promise<ReleaseId | null> {
  const [noted] = await db.batch<{ release: ReleaseId }>([
    db.prepare(unstagedStateSql).bind(site, by.id, by.name, atMs),
    db.prepare(unstageSql).bind(site),
  ]);
  return noted?.results[0]?.release ?? null;
}
