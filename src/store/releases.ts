import type { ReleaseId, SiteKey } from "../core/ids.ts";
import type { LivePointer, Release, StagedRelease } from "../core/release.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { createLiveCopy, type LiveCopy } from "./live-copy.ts";
import { parseRelease, releaseKey } from "./live-keys.ts";
import { clearStaged, updateLive, updateStaged } from "./live-rows.ts";
import * as rows from "./release-rows.ts";

/** A release as a list shows it. */
export interface ReleaseSummary {
  readonly id: ReleaseId;
  readonly createdAtMs: number;
}

/** What throwing the kill switch reached. Visitors follow `atEdge` within a minute; `repair` brings the other after. */
export interface KillOutcome {
  readonly atEdge: boolean;
  readonly inDatabase: boolean;
}

/**
 * Releases, and which of them is live. D1 is the truth; KV, which pages read, is a copy that is always written from what
 * D1 says, so that a crash between any two steps leaves the old release live or the new one, and `repair` finishes.
 */
export interface ReleaseStore {
  /** Saves a release where `makeLive` finds it. Saving it again changes nothing. */
  save(release: Release): Promise<void>;
  /**
   * Moves the pointer, and gives the hosts to the site. `killed` counts only when the site has nothing live yet.
   *
   * @param deed who does it, and whether it must be approved; left out where nobody in particular does.
   * @returns the pointer as it now is.
   */
  makeLive(
    pointer: LivePointer,
    hosts: readonly string[],
    deed?: rows.Deed,
  ): Promise<Result<LivePointer, rows.NotLive>>;
  /** Gives a saved release to a share of the visitors, beside the one that is live. @returns the pointer as it now is. */
  stage(site: SiteKey, staged: StagedRelease, deed: rows.Deed): Promise<Result<LivePointer, rows.NotLive>>;
  /** Everybody gets the live release again. @returns the release that was staged; `null` when none was. */
  unstage(site: SiteKey, deed: rows.Deed): Promise<ReleaseId | null>;
  /** Makes KV agree with D1, and D1 with a switch that was thrown without it. @returns the keys of KV it changed. */
  repair(site: SiteKey): Promise<string[]>;
  /** Newest first. */
  list(site: SiteKey): Promise<ReleaseSummary[]>;
  read(id: ReleaseId): Promise<Release | null>;
  /** What D1 says is live. */
  pointer(site: SiteKey): Promise<LivePointer | null>;
  /** Works with D1 or KV away: throws nothing, and says what it reached. */
  kill(site: SiteKey, killed: boolean): Promise<KillOutcome>;
}

export interface ReleaseStoreParts {
  readonly db: D1Database;
  readonly kv: KVNamespace;
  readonly now?: () => number;
  /** How long the kill switch waits for D1 before it goes on without. */
  readonly databaseDeadlineMs?: number;
}

export function createReleaseStore({
  db,
  kv,
  now = Date.now,
  databaseDeadlineMs = 3000,
}: ReleaseStoreParts): ReleaseStore {
  const copy = createLiveCopy(kv);
  return {
    save: async (release) => {
      const text = JSON.stringify(release);
      await rows.insertRelease(db, release, text, now());
      await kv.put(releaseKey(release.id), text);
    },
    makeLive: async (pointer, hosts, deed = { ...nobody, atMs: now() }) => {
      await recordKill(db, copy, pointer.site);
      const refused = await updateLive(db, pointer, hosts, deed);
      if (refused) return fail(refused);
      await settle(db, copy, pointer.site, false);
      return ok((await rows.selectPointer(db, pointer.site)) ?? pointer);
    },
    stage: async (site, staged, deed) => {
      await recordKill(db, copy, site);
      const refused = await updateStaged(db, site, staged, deed);
      if (refused) return fail(refused);
      await settle(db, copy, site, false);
      const pointer = await rows.selectPointer(db, site);
      return pointer === null ? fail({ kind: "unknown_release", release: staged.release }) : ok(pointer);
    },
    unstage: async (site, deed) => {
      const release = await clearStaged(db, site, deed);
      await settle(db, copy, site, false);
      return release;
    },
    repair: async (site) => {
      await recordKill(db, copy, site);
      return settle(db, copy, site, true);
    },
    list: (site) => listReleases(db, site),
    read: async (id) => parseRelease(await rows.selectReleaseText(db, id), id),
    pointer: (site) => rows.selectPointer(db, site),
    kill: async (site, killed) => {
      const kill = { killed, atMs: now() };
      const recorded = await within(databaseDeadlineMs, rows.updateKilled(db, site, kill));
      const pointer = recorded ?? (await orNull(copy.readPointer(site)));
      if (pointer === null) return { atEdge: false, inDatabase: false };
      const metadata = recorded ? undefined : { unrecordedAtMs: kill.atMs };
      const written = await orNull(copy.writePointer({ ...pointer, killed }, metadata).then(() => true));
      return { atEdge: written !== null, inDatabase: recorded !== null };
    },
  };
}

const nobody: Omit<rows.Deed, "atMs"> = {
  by: { id: "unknown", name: "unknown" },
  revision: null,
  needsApproval: false,
};

async function listReleases(db: D1Database, site: SiteKey): Promise<ReleaseSummary[]> {
  const sql = "SELECT id, created_at_ms AS createdAtMs FROM releases WHERE site = ? ORDER BY created_at_ms DESC, id";
  return (await db.prepare(sql).bind(site).all<ReleaseSummary>()).results;
}

/** D1 learns of a switch that was thrown while it was away, before anything is copied from it. */
async function recordKill(db: D1Database, copy: LiveCopy, site: SiteKey): Promise<void> {
  const kill = await copy.readUnrecordedKill(site);
  const pointer = kill && (await rows.updateKilled(db, site, kill));
  if (pointer) await copy.writePointer(pointer);
}

/**
 * KV has no compare-and-set, so two publishers may write in the wrong order. Whoever wrote last looks at D1 after its own
 * write, sees the later state there, and writes once more.
 */
async function settle(db: D1Database, copy: LiveCopy, site: SiteKey, compare: boolean): Promise<string[]> {
  const changed = new Set<string>();
  let state = await rows.selectLiveState(db, site);
  for (let attempt = 0; state !== null && attempt < 3; attempt++) {
    for (const key of await copy.write(state, compare)) changed.add(key);
    const after = await rows.selectLiveState(db, site);
    if (JSON.stringify(after) === JSON.stringify(state)) break;
    state = after;
  }
  return [...changed];
}

/** A failure or a late answer is `null`: the switch must work without. */
async function within<T>(deadlineMs: number, work: Promise<T>): Promise<T | null> {
  const { promise, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), deadlineMs);
  const outcome = await Promise.race([orNull(work), promise]);
  clearTimeout(timer);
  return outcome;
}

const orNull = <T>(work: Promise<T>): Promise<T | null> => work.catch(() => null);
