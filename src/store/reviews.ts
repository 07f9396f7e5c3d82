import type { ReleaseId, SiteKey } from "../core/ids.ts";
import type { Actor, ReleaseEvent, ReleaseStep } from "../core/review.ts";
import { parseJson } from "./parse-json.ts";

/** A step to be noted: what, of which release, by whom. */
export interface NewStep {
  readonly site: SiteKey;
  readonly release: ReleaseId;
  readonly step: ReleaseStep;
  readonly by: Actor;
  readonly atMs: number;
  readonly revision: number | null;
  readonly note: string;
}

/** Somebody changed the draft through the API. */
export interface DraftEdit {
  /** The revision that the change made. */
  readonly revision: number;
  readonly by: Actor;
  readonly atMs: number;
  /** Lines of the change list. */
  readonly changes: readonly string[];
}

/** A release that goes live at a time. */
export interface ScheduledRelease {
  readonly site: SiteKey;
  readonly release: ReleaseId;
  readonly atMs: number;
  readonly by: Actor;
}

/** How releases came about: what people said of them, who wrote what went into them, and when they are to go live. */
export interface ReviewStore {
  note(step: NewStep): Promise<void>;
  /** Notes what a reviewer says, if the release's last verdict is still the one they saw. @returns false when it is not. */
  decide(step: NewStep, seen: ReleaseStep): Promise<boolean>;
  /** Of one release or all of a site, oldest first, at most the latest thousand. */
  events(site: SiteKey, release: ReleaseId | null): Promise<readonly ReleaseEvent[]>;
  /** Edits that made a later revision than `after`, oldest first, at most the latest hundred. */
  editsAfter(site: SiteKey, after: number): Promise<readonly DraftEdit[]>;
  /** Sets the time, in place of an earlier one. */
  schedule(scheduled: ScheduledRelease, nowMs: number): Promise<void>;
  /** Takes the time away; `by` and `atMs` say who does it when. @returns false when it was not scheduled. */
  unschedule(one: ScheduledRelease, step: "unscheduled" | "failed", note: string): Promise<boolean>;
  /** Who made a revision after `after`, up to and with `upTo`, in which something changed. */
  authors(site: SiteKey, after: number, upTo: number): Promise<readonly Actor[]>;
  scheduled(site: SiteKey): Promise<readonly ScheduledRelease[]>;
  /** Those of every site whose time has come, earliest first. */
  due(nowMs: number): Promise<readonly ScheduledRelease[]>;
}

interface StateRow {
  readonly release: ReleaseId;
  readonly state: ReleaseStep;
  readonly actor: string;
  readonly actor_name: string;
  readonly at_ms: number;
  readonly revision: number | null;
  readonly note: string;
}

interface EditRow extends Pick<StateRow, "actor" | "actor_name" | "at_ms"> {
  readonly revision: number;
  readonly changes: string;
}

type ScheduledRow = Pick<StateRow, "release" | "actor" | "actor_name" | "at_ms"> & { readonly site: SiteKey };

const actorOf = ({ actor, actor_name }: Pick<StateRow, "actor" | "actor_name">): Actor => ({
  id: actor,
  name: actor_name,
});

const scheduledOf = (row: ScheduledRow): ScheduledRelease => ({
  site: row.site,
  release: row.release,
  atMs: row.at_ms,
  by: actorOf(row),
});

const insertSql = `INSERT INTO release_states (site, release, state, actor, actor_name, at_ms, revision, note)
  SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8`;
const verdictSql = `(SELECT state FROM release_states WHERE site = ?1 AND release = ?2
  AND state IN ('review', 'approved', 'rejected') ORDER BY id DESC LIMIT 1)`;

const boundOf = ({ site, release, step, by, atMs, revision, note }: NewStep) =>
  [site, release, step, by.id, by.name, atMs, revision, note] as const;

export function createReviewStore(db: D1Database): ReviewStore {
  const inserted = (step: NewStep) => db.prepare(insertSql).bind(...boundOf(step));
  return {
    note: async (step) => void (await inserted(step).run()),
    decide: async (step, seen) => {
      const sql = `${insertSql} WHERE ${verdictSql} = ?9 RETURNING id`;
      const { results } = await db
        .prepare(sql)
        .bind(...boundOf(step), seen)
        .all();
      return results.length === 1;
    },
    events: (site, release) => selectEvents(db, site, release),
    editsAfter: (site, after) => selectEdits(db, site, after),
    schedule: async (one, nowMs) => {
      const sql = `INSERT INTO scheduled_releases (site, release, at_ms, actor, actor_name) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT DO UPDATE SET at_ms = excluded.at_ms, actor = excluded.actor, actor_name = excluded.actor_name`;
      const note = `for ${new Date(one.atMs).toISOString()}`;
      await db.batch([
        db.prepare(sql).bind(one.site, one.release, one.atMs, one.by.id, one.by.name),
        inserted({ ...one, step: "scheduled", atMs: nowMs, revision: null, note }),
      ]);
    },
    authors: async (site, after, upTo) => {
      const sql = `SELECT actor, max(actor_name) AS actor_name FROM draft_edits
        WHERE site = ?1 AND revision > ?2 AND revision <= ?3 AND changes <> '[]' GROUP BY actor`;
      const { results } = await db.prepare(sql).bind(site, after, upTo).all<Pick<StateRow, "actor" | "actor_name">>();
      return results.map(actorOf);
    },
    unschedule: (one, step, note) => deleteScheduled(db, one, step, note),
    scheduled: async (site) => {
      const sql = "SELECT * FROM scheduled_releases WHERE site = ? ORDER BY at_ms, release";
      return (await db.prepare(sql).bind(site).all<ScheduledRow>()).results.map(scheduledOf);
    },
    due: async (nowMs) => {
      const sql = "SELECT * FROM scheduled_releases WHERE at_ms <= ? ORDER BY at_ms, release LIMIT 100";
      return (await db.prepare(sql).bind(nowMs).all<ScheduledRow>()).results.map(scheduledOf);
    },
  };
}

async function selectEvents(db: D1Database, site: SiteKey, release: ReleaseId | null): Promise<ReleaseEvent[]> {
  const sql = `SELECT * FROM (SELECT * FROM release_states WHERE site = ?1 AND (?2 IS NULL OR release = ?2)
    ORDER BY id DESC LIMIT 1000) ORDER BY id`;
  const { results } = await db.prepare(sql).bind(site, release).all<StateRow>();
  return results.map((row) => ({
    release: row.release,
    step: row.state,
    by: actorOf(row),
    atMs: row.at_ms,
    revision: row.revision,
    note: row.note,
  }));
}

async function selectEdits(db: D1Database, site: SiteKey, after: number): Promise<DraftEdit[]> {
  const sql = `SELECT * FROM (SELECT * FROM draft_edits WHERE site = ?1 AND revision > ?2 ORDER BY revision DESC LIMIT 100)
    ORDER BY revision`;
  const { results } = await db.prepare(sql).bind(site, after).all<EditRow>();
  return results.map((row) => ({
    revision: row.revision,
    by: actorOf(row),
    atMs: row.at_ms,
    changes: linesIn(row.changes),
  }));
}

function linesIn(text: string): readonly string[] {
  const lines = parseJson(text);
  return Array.isArray(lines) ? lines.filter((line) => typeof line === "string") : [];
}

/** What was deleted by somebody else in between is not told twice. */
async function deleteScheduled(
  db: D1Database,
  one: ScheduledRelease,
  step: "unscheduled" | "failed",
  note: string,
): Promise<boolean> {
  const guarded = `${insertSql} WHERE EXISTS (SELECT 1 FROM scheduled_releases WHERE site = ?1 AND release = ?2)`;
  const results = await db.batch([
    db.prepare(guarded).bind(...boundOf({ ...one, step, revision: null, note })),
    db
      .prepare("DELETE FROM scheduled_releases WHERE site = ?1 AND release = ?2 RETURNING site")
      .bind(one.site, one.release),
  ]);
  return results[1]?.results.length === 1;
}
