import type { Draft } from "../core/draft.ts";
import type { SiteKey } from "../core/ids.ts";
import type { Problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { type Guard, insertRows } from "./bulk.ts";
import { draftFromRows } from "./draft-from-rows.ts";
import type { DraftRows } from "./draft-rows.ts";
import { rowsFromDraft } from "./draft-to-rows.ts";
import type { DraftEdit } from "./reviews.ts";
import { columnOf, rowsAs } from "./table-rows.ts";

/** What a site's rows say at one moment. `revision` rises with every change of any of them, by whomever. */
export interface StoredDraft {
  readonly revision: number;
  readonly draft: Result<Draft, Problem[]>;
}

/** Somebody else was first. `revision` is the one there is now; `null`: the site isn't there any more. */
export interface DraftConflict {
  readonly revision: number | null;
}

/** Who changes a draft, and what. */
export type NewEdit = Omit<DraftEdit, "revision">;

/** Authored configuration, one draft for each site. Rows of `DB` are the truth, and people may edit them by SQL. */
export interface DraftStore {
  /** `null` when there is no such site. Broken rows are problems that name table, key and column; never an exception. */
  read(site: SiteKey): Promise<StoredDraft | null>;
  /**
   * Replaces all rows of the draft's site, or none of them.
   *
   * @param expected the revision the draft was made from; 0 when the site must not exist yet; `null` to overwrite whatever
   *   is there.
   * @param edit who changes what: noted with the change or, where somebody else was first, not at all.
   * @returns the new revision.
   */
  write(draft: Draft, expected: number | null, edit?: NewEdit): Promise<Result<number, DraftConflict>>;
  /** Every site, by key. */
  sites(): Promise<{ readonly site: SiteKey; readonly revision: number }[]>;
}

export function createDraftStore(db: D1Database): DraftStore {
  return {
    read: async (site) => {
      const rows = await rowsOf(db, site);
      return rows && { revision: rows.site.revision, draft: draftFromRows(rows) };
    },
    write: (draft, expected, edit) => replace(db, rowsFromDraft(draft), expected, edit),
    sites: async () => {
      const { results } = await db.prepare("SELECT key AS site, revision FROM sites ORDER BY key").all();
      return rowsAs<{ site: SiteKey; revision: number }>(results);
    },
  };
}

/** Every table of rows that belong to a site, and how they are ordered. */
const tables = {
  routes: { name: "routes", order: "key" },
  audiences: { name: "audiences", order: "key" },
  slots: { name: "slots", order: "key" },
  metrics: { name: "metrics", order: "key" },
  layers: { name: "layers", order: "key" },
  holdouts: { name: "holdouts", order: "key" },
  experiences: { name: "experiences", order: "key" },
  variants: { name: "variants", order: "experience, position, key" },
  apps: { name: "apps", order: "key" },
  eventKinds: { name: "event_kinds", order: "key" },
  observe: { name: "observe", order: "key" },
  traits: { name: "traits", order: "key" },
  affinities: { name: "affinities", order: "key" },
} as const satisfies Record<Exclude<keyof DraftRows, "site">, { name: string; order: string }>;

type Member = keyof typeof tables;
const members = Object.keys(tables) as Member[];

/** One batch, so that the rows are those of one moment. */
async function rowsOf(db: D1Database, site: SiteKey): Promise<DraftRows | null> {
  const [sites, ...others] = await db.batch<Record<string, unknown>>([
    db.prepare("SELECT * FROM sites WHERE key = ?1").bind(site),
    ...members.map((member) => {
      const { name, order } = tables[member];
      return db.prepare(`SELECT * FROM "${name}" WHERE site = ?1 ORDER BY ${order}`).bind(site);
    }),
  ]);
  const [row] = rowsAs<DraftRows["site"]>(sites?.results ?? []);
  if (row === undefined) return null;
  const read = <Name extends Member>(member: Name) =>
    rowsAs<DraftRows[Name][number]>(others[members.indexOf(member)]?.results ?? []);
  const authored = {
    routes: read("routes"),
    audiences: read("audiences"),
    slots: read("slots"),
    metrics: read("metrics"),
    layers: read("layers"),
    holdouts: read("holdouts"),
    experiences: read("experiences"),
    variants: read("variants"),
  };
  const learnt = { observe: read("observe"), traits: read("traits"), affinities: read("affinities") };
  return { site: row, ...authored, ...learnt, apps: read("apps"), eventKinds: read("eventKinds") };
}

/**
 * A batch of D1 is atomic but can't stop half-way by itself. So its first statement sets `writing` if the revision is the
 * expected one, every other does something only while it is set, and the last clears it and tells whether all happened.
 */
async function replace(
  db: D1Database,
  rows: DraftRows,
  expected: number | null,
  edit: NewEdit | undefined,
): Promise<Result<number, DraftConflict>> {
  const { key } = rows.site;
  const results = await db.batch<{ revision: number }>([
    begin(db, rows.site, expected),
    ...members.map((member) => clear(db, tables[member].name, key)),
    ...members.flatMap((member) => insertRows(db, tables[member].name, rows[member], whileWriting(key))),
    ...(edit === undefined ? [] : [noteEdit(db, key, edit)]),
    finish(db, rows.site),
    db.prepare("SELECT revision FROM sites WHERE key = ?1").bind(key),
  ]);
  const written = results.at(-2)?.results[0];
  return written ? ok(written.revision) : fail({ revision: results.at(-1)?.results[0]?.revision ?? null });
}

const isWriting = "EXISTS (SELECT 1 FROM sites WHERE key = ?2 AND writing = 1)";
const whileWriting = (site: string): Guard => ({ sql: isWriting, bound: site });

function begin(db: D1Database, site: DraftRows["site"], expected: number | null): D1PreparedStatement {
  const sql = `INSERT INTO sites (key, hosts, origin, revision, writing)
    SELECT ?1, ?2, ?3, 0, 1 WHERE ?4 IS NULL OR ?4 = 0 OR EXISTS (SELECT 1 FROM sites WHERE key = ?1)
    ON CONFLICT (key) DO UPDATE SET writing = 1 WHERE ?4 IS NULL OR revision = ?4`;
  return db.prepare(sql).bind(site.key, site.hosts, site.origin, expected);
}

const clear = (db: D1Database, table: string, site: string): D1PreparedStatement =>
  db.prepare(`DELETE FROM "${table}" WHERE site = ?1 AND ${isWriting}`).bind(site, site);

/** Before `finish`, which raises the revision to the one that is noted here. */
function noteEdit(db: D1Database, site: string, { by, atMs, changes }: NewEdit): D1PreparedStatement {
  const sql = `INSERT INTO draft_edits (site, revision, actor, actor_name, at_ms, changes)
    SELECT ?1, revision + 1, ?3, ?4, ?5, ?6 FROM sites WHERE key = ?1 AND ${isWriting} ON CONFLICT DO NOTHING`;
  return db.prepare(sql).bind(site, site, by.id, by.name, atMs, JSON.stringify(changes));
}

function finish(db: D1Database, site: DraftRows["site"]): D1PreparedStatement {
  const ours = ["key", "revision", "writing"];
  const set = Object.entries(site).filter(([property]) => !ours.includes(property));
  const sets = set.map(([property], index) => `"${columnOf(property)}" = ?${index + 2}`).join(", ");
  return db
    .prepare(
      `UPDATE sites SET ${sets}, writing = 0, revision = revision + 1 WHERE key = ?1 AND writing = 1 RETURNING revision`,
    )
    .bind(site.key, ...set.map(([, value]) => value));
}
