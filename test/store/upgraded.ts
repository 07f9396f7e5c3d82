import { seeds } from "./seeds.ts";

interface TableOf {
  readonly name: string;
  readonly strict: number;
}

/** The tables that migrations made, by name. */
export async function tablesOf(db: D1Database): Promise<TableOf[]> {
  const sql = `SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'
    AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' AND name <> 'd1_migrations' ORDER BY name`;
  return (await db.prepare(sql).all<TableOf>()).results;
}

/** Every row of every table, in the order of their keys. */
export async function rowsOf(db: D1Database): Promise<Map<string, Record<string, unknown>[]>> {
  const rows = new Map<string, Record<string, unknown>[]>();
  for (const { name } of await tablesOf(db)) {
    const keys = `SELECT group_concat('"' || name || '"') AS keys FROM pragma_table_info('${name}') WHERE pk > 0`;
    const order = await db.prepare(keys).first<string>("keys");
    rows.set(name, (await db.prepare(`SELECT * FROM "${name}" ORDER BY ${order}`).all()).results);
  }
  return rows;
}

/** An empty database again, migrations forgotten. */
export async function wipe(db: D1Database): Promise<void> {
  const names = (await tablesOf(db)).map(({ name }) => name);
  for (const name of names) await db.prepare(`DROP TABLE "${name}"`).run();
  await db.prepare("DROP TABLE IF EXISTS d1_migrations").run();
}

/**
 * Fills a database as it was when a migration was its last one.
 *
 * @param at `db/0000_first.sql`: also gets the seeds of all migrations before it, as rows of a grown database would be.
 */
export async function insertSeeds(db: D1Database, at: string): Promise<void> {
  const folder = at.slice(0, at.indexOf("/") + 1);
  const names = Object.keys(seeds).filter((name) => name.startsWith(folder) && name <= at);
  await db.batch(names.flatMap((name) => seeds[name] ?? []).map((sql) => db.prepare(sql)));
}
