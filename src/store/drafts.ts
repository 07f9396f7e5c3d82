import { asc, eq, getTableColumns, getTableName } from "drizzle-orm";
import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";
import type { Draft } from "../core/draft.ts";
import type { SiteKey } from "../core/ids.ts";
import type { Problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { type Guard, insertRows } from "./bulk.ts";
import * as schema from "./config-schema.ts";
import { draftFromRows } from "./draft-from-rows.ts";
import type { DraftRows } from "./draft-rows.ts";
import { rowsFromDraft } from "./draft-to-rows.ts";

/** What a site's rows say at one moment. `revision` rises with every change of any of them, by whomever. */
export interface StoredDraft {
  readonly revision: number;
  readonly draft: Result<Draft, Problem[]>;
}

/** Somebody else was first. `revision` is the one there is now; `null`: the site isn't there any more. */
export interface DraftConflict {
  readonly revision: number | null;
}

/** Authored configuration, one draft for each site. Rows of `DB` are the truth, and people may edit them by SQL. */
export interface DraftStore {
  /** `null` when there is no such site. Broken rows are problems that name table, key and column; never an exception. */
  read(site: SiteKey): Promise<StoredDraft | null>;
  /**
   * Replaces all rows of the draft's site, or none of them.
   *
   * @param expected the revision the draft was made from; 0 when the site must not exist yet; `null` to overwrite whatever
   *   is there.
   * @returns the new revision.
   */
  write(draft: Draft, expected: number | null): Promise<Result<number, DraftConflict>>;
  /** Every site, by key. */
  sites(): Promise<{ readonly site: SiteKey; readonly revision: number }[]>;
}

export function createDraftStore(db: D1Database): DraftStore {
  const orm = drizzle(db);
  return {
    read: async (site) => {
      const rows = await rowsOf(orm, site);
      return rows && { revision: rows.site.revision, draft: draftFromRows(rows) };
    },
    write: (draft, expected) => replace(db, rowsFromDraft(draft), expected),
    sites: async () => {
      const { key, revision } = schema.sites;
      const rows = await orm.select({ key, revision }).from(schema.sites).orderBy(asc(key));
      return rows.map((row) => ({ site: row.key as SiteKey, revision: row.revision }));
    },
  };
}

/** One batch, so that the rows are those of one moment. */
async function rowsOf(orm: DrizzleD1Database, site: SiteKey): Promise<DraftRows | null> {
  const keyed = <Table extends (typeof keyedTables)[number]>(table: Table) =>
    orm.select().from(table).where(eq(table.site, site)).orderBy(asc(table.key));
  const { experience, position, key } = schema.variants;
  const [sites, routes, audiences, slots, metrics, layers, holdouts, experiences, apps, eventKinds, variants] =
    await orm.batch([
      orm.select().from(schema.sites).where(eq(schema.sites.key, site)),
      keyed(schema.routes),
      keyed(schema.audiences),
      keyed(schema.slots),
      keyed(schema.metrics),
      keyed(schema.layers),
      keyed(schema.holdouts),
      keyed(schema.experiences),
      keyed(schema.apps),
      keyed(schema.eventKinds),
      orm
        .select()
        .from(schema.variants)
        .where(eq(schema.variants.site, site))
        .orderBy(asc(experience), asc(position), asc(key)),
    ]);
  const [row] = sites;
  if (row === undefined) return null;
  return {
    site: row,
    routes,
    audiences,
    slots,
    metrics,
    layers,
    holdouts,
    experiences,
    variants,
    apps,
    eventKinds,
  };
}

const keyedTables = [
  schema.routes,
  schema.audiences,
  schema.slots,
  schema.metrics,
  schema.layers,
  schema.holdouts,
  schema.experiences,
  schema.apps,
  schema.eventKinds,
] as const;

/**
 * A batch of D1 is atomic but can't stop half-way by itself. So its first statement sets `writing` if the revision is the
 * expected one, every other does something only while it is set, and the last clears it and tells whether all happened.
 */
async function replace(
  db: D1Database,
  rows: DraftRows,
  expected: number | null,
): Promise<Result<number, DraftConflict>> {
  const { key } = rows.site;
  const results = await db.batch<{ revision: number }>([
    begin(db, rows.site, expected),
    ...[...keyedTables, schema.variants].map((table) => clear(db, getTableName(table), key)),
    ...insertRows(db, schema.routes, rows.routes, whileWriting(key)),
    ...insertRows(db, schema.audiences, rows.audiences, whileWriting(key)),
    ...insertRows(db, schema.slots, rows.slots, whileWriting(key)),
    ...insertRows(db, schema.metrics, rows.metrics, whileWriting(key)),
    ...insertRows(db, schema.layers, rows.layers, whileWriting(key)),
    ...insertRows(db, schema.holdouts, rows.holdouts, whileWriting(key)),
    ...insertRows(db, schema.experiences, rows.experiences, whileWriting(key)),
    ...insertRows(db, schema.variants, rows.variants, whileWriting(key)),
    ...insertRows(db, schema.apps, rows.apps, whileWriting(key)),
    ...insertRows(db, schema.eventKinds, rows.eventKinds, whileWriting(key)),
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

function finish(db: D1Database, site: DraftRows["site"]): D1PreparedStatement {
  const ours = ["key", "revision", "writing"];
  const columns = Object.entries(getTableColumns(schema.sites)).filter(([property]) => !ours.includes(property));
  const sets = columns.map(([, column], index) => `"${column.name}" = ?${index + 2}`).join(", ");
  return db
    .prepare(
      `UPDATE sites SET ${sets}, writing = 0, revision = revision + 1 WHERE key = ?1 AND writing = 1 RETURNING revision`,
    )
    .bind(site.key, ...columns.map(([property]) => site[property as keyof typeof site]));
}
