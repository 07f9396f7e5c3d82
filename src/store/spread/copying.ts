import { getTableColumns, getTableName } from "drizzle-orm";
import { getTableConfig, type SQLiteTable } from "drizzle-orm/sqlite-core";
import type { SiteKey, VisitorId } from "../../core/ids.ts";
import type { Span } from "../../core/visitor-ranges.ts";
import { inParameters } from "../bulk.ts";
import { tombstoneOf } from "../tombstone.ts";
import * as schema from "../visitors-schema.ts";

/** All that is one visitor's, and so moves with them. */
const { awaited, consents, events, exposures, handovers, identities, profiles, receipts } = schema;
const tables = [profiles, events, exposures, awaited, identities, consents, handovers, receipts].map(shapeOf);

/** Rows that one query reads. A profile is a few KB at most. */
const pageRows = 500;
/** Rows that one statement deletes. */
const deleteRows = 2_000;

/** Ids have letters, digits, `-` and `_` only, all of which are before this. A bound that is always there keeps a scan from going on. */
const end = "\u007f";

interface TableShape {
  readonly name: string;
  readonly columns: readonly string[];
  readonly keys: readonly string[];
}

function shapeOf(table: SQLiteTable): TableShape {
  const keys = getTableConfig(table).primaryKeys.flatMap(({ columns }) => columns.map(({ name }) => name));
  return { name: getTableName(table), columns: Object.values(getTableColumns(table)).map(({ name }) => name), keys };
}

type Row = Readonly<Record<string, string | number | null>>;

/** The rows of a span, page by page, in the order of the table's key. */
async function* pagesOf(db: D1Database, { name, keys }: TableShape, { start, until }: Span): AsyncGenerator<Row[]> {
  const marks = keys.map((_, at) => `?${at + 3}`).join(", ");
  const first = `SELECT * FROM ${name} WHERE visitor >= ?2 AND visitor < ?1 ORDER BY ${keys.join(", ")} LIMIT ${pageRows}`;
  const next = `SELECT * FROM ${name} WHERE visitor >= ?2 AND (${keys.join(", ")}) > (${marks}) AND visitor < ?1
    ORDER BY ${keys.join(", ")} LIMIT ${pageRows}`;
  let last: Row | undefined;
  do {
    const from: Row | undefined = last;
    const after = from === undefined ? [] : keys.map((key) => from[key] ?? null);
    const bound = [until ?? end, from?.visitor ?? start, ...after];
    const { results } = await db
      .prepare(from === undefined ? first : next)
      .bind(...bound)
      .all<Row>();
    if (results.length > 0) yield results;
    last = results.length === pageRows ? results.at(-1) : undefined;
  } while (last !== undefined);
}

/** Rows come in only while the token has the target open. */
const isOpen = "EXISTS (SELECT 1 FROM movers WHERE id = 1 AND token = ?2 AND is_open = 1)";

/** Copies all of a span's rows. Those of visitors who were erased meanwhile stay out. @returns rows written. */
export async function copySpan(source: D1Database, target: D1Database, span: Span, token: number): Promise<number> {
  await copyTombstones(source, target, token);
  let rows = 0;
  for (const table of tables) {
    for await (const page of pagesOf(source, table, span)) rows += await insertPage(target, table, page, token);
  }
  return rows;
}

async function insertPage(
  target: D1Database,
  { name, columns }: TableShape,
  page: Row[],
  token: number,
): Promise<number> {
  const values = columns.map((_, at) => `value ->> ${at}`).join(", ");
  const sql = `INSERT INTO ${name} (${columns.join(", ")}) SELECT ${values} FROM json_each(?1)
    WHERE ${isOpen} AND NOT EXISTS (SELECT 1 FROM tombstones WHERE hash = value ->> ${columns.length})`;
  const texts = await Promise.all(
    page.map(async (row) => {
      const who = { visitor: row.visitor as VisitorId, site: row.site as SiteKey };
      return JSON.stringify([...columns.map((column) => row[column] ?? null), await tombstoneOf(who)]);
    }),
  );
  const results = await target.batch(
    inParameters(texts).map((parameter) => target.prepare(sql).bind(parameter, token)),
  );
  return results.reduce((sum, { meta }) => sum + meta.changes, 0);
}

/** Who was erased before the target was there must not come back in it. */
async function copyTombstones(source: D1Database, target: D1Database, token: number): Promise<void> {
  const page = source.prepare(
    `SELECT hash, erased_at_ms FROM tombstones WHERE hash > ?1 ORDER BY hash LIMIT ${deleteRows}`,
  );
  const insert = `INSERT INTO tombstones (hash, erased_at_ms) SELECT value ->> 0, value ->> 1 FROM json_each(?1)
    WHERE ${isOpen} ON CONFLICT DO NOTHING`;
  for (let after = "", more = true; more; ) {
    const { results } = await page.bind(after).all<{ hash: string; erased_at_ms: number }>();
    const rows = results.map(({ hash, erased_at_ms }) => [hash, erased_at_ms]);
    await target.prepare(insert).bind(JSON.stringify(rows), token).run();
    after = results.at(-1)?.hash ?? after;
    more = results.length === deleteRows;
  }
}

/** The table in which two databases differ about a span; `null`: they hold the same. */
export async function differenceIn(source: D1Database, target: D1Database, span: Span): Promise<string | null> {
  for (const table of tables) {
    const theirs = pagesOf(target, table, span);
    for await (const page of pagesOf(source, table, span)) {
      const copied = await theirs.next();
      if (copied.done || textOf(copied.value, table) !== textOf(page, table)) return table.name;
    }
    if (!(await theirs.next()).done) return table.name;
  }
  return null;
}

const textOf = (page: readonly Row[], { columns }: TableShape): string =>
  JSON.stringify(page.map((row) => columns.map((column) => row[column] ?? null)));

/** Removes what stands in the target of a span that is not its own yet: an attempt that died may have left it. */
export const clearSpan = (target: D1Database, span: Span, token: number): Promise<number> =>
  deleteSpan(target, span, "EXISTS (SELECT 1 FROM movers WHERE id = 1 AND token = ?3 AND is_open = 1)", [token]);

/** Removes a span's rows that have moved away: only of visitors who are departed at this moment. */
export const deleteDeparted = (source: D1Database, span: Span, statementsAtMost: number): Promise<number> =>
  deleteSpan(
    source,
    span,
    "EXISTS (SELECT 1 FROM departed AS gone WHERE visitor >= gone.start AND (gone.until IS NULL OR visitor < gone.until))",
    [],
    statementsAtMost,
  );

async function deleteSpan(
  db: D1Database,
  { start, until }: Span,
  condition: string,
  bound: readonly number[],
  statementsAtMost = Number.POSITIVE_INFINITY,
): Promise<number> {
  let rows = 0;
  let statements = 0;
  for (const { name, keys } of tables) {
    const sql = `DELETE FROM ${name} WHERE (${keys.join(", ")}) IN (SELECT ${keys.join(", ")} FROM ${name}
      WHERE visitor >= ?1 AND visitor < ?2 AND ${condition} LIMIT ${deleteRows})`;
    for (let deleted = deleteRows; deleted === deleteRows; statements += 1) {
      if (statements >= statementsAtMost) return rows;
      deleted = (
        await db
          .prepare(sql)
          .bind(start, until ?? end, ...bound)
          .run()
      ).meta.changes;
      rows += deleted;
    }
  }
  return rows;
}

/** Whether a span still has rows that have moved away. */
export async function hasDeparted(db: D1Database, { start, until }: Span): Promise<boolean> {
  const counts = await db.batch(
    tables.map(({ name }) =>
      db.prepare(`SELECT 1 FROM ${name} WHERE visitor >= ?1 AND visitor < ?2 LIMIT 1`).bind(start, until ?? end),
    ),
  );
  return counts.some(({ results }) => results.length > 0);
}

/** The visitor who comes `count` rows of profiles after a place; `null`: there are fewer. */
export async function visitorAfter(db: D1Database, { start, until }: Span, count: number): Promise<string | null> {
  const sql = "SELECT visitor FROM profiles WHERE visitor > ?1 AND visitor < ?2 ORDER BY visitor LIMIT 1 OFFSET ?3";
  return (
    (await db
      .prepare(sql)
      .bind(start, until ?? end, count)
      .first<string>("visitor")) ?? null
  );
}

/** How many profiles a span holds. */
export async function profilesIn(db: D1Database, { start, until }: Span): Promise<number> {
  const sql = "SELECT count(*) AS count FROM profiles WHERE visitor >= ?1 AND visitor < ?2";
  return (
    (await db
      .prepare(sql)
      .bind(start, until ?? end)
      .first<number>("count")) ?? 0
  );
}
