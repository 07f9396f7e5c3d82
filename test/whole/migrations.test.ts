import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Miniflare } from "miniflare";
import { describe, it } from "vitest";
import { type MigratedDatabase, type Migration, migrate, migrationsOf } from "../../src/cli/local/migrations.ts";

/**
 * Upgrades: a database of every earlier release, with rows in it, is brought up to date and loses nothing.
 *
 * `test/vectors/migrations/<database>/<migration>.sql` seeds rows in the shape that the migration of that name left.
 */
const databases = ["db", "visitors"];
const seeds = join(import.meta.dirname, "../vectors/migrations");

type Rows = readonly Record<string, unknown>[];

/** Runs against a database of its own, in memory, on real local D1. */
async function withDatabase<T>(use: (db: MigratedDatabase) => Promise<T>): Promise<T> {
  const miniflare = new Miniflare({
    telemetry: { enabled: false },
    workers: [
      {
        config: {
          name: "migrations",
          compatibilityDate: "2026-10-20",
          manifest: { mainModule: "a.js", modules: { "a.js": { type: "esm", contents: "export default {};" } } },
          env: { DB: { type: "d1", id: "DB" } },
        },
      },
    ],
  });
  try {
    return await use(await miniflare.getD1Database("DB"));
  } finally {
    await miniflare.dispose();
  }
}

/** Every row of every table of ours, by table. */
async function contentsOf(db: MigratedDatabase): Promise<ReadonlyMap<string, Rows>> {
  const tables = await rowsOf(db, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
  const ours = tables.map(({ name }) => String(name)).filter((name) => !/^(sqlite_|_cf_|d1_)/.test(name));
  const contents = new Map<string, Rows>();
  for (const table of ours) contents.set(table, await rowsOf(db, `SELECT * FROM "${table}"`));
  return contents;
}

async function rowsOf(db: MigratedDatabase, sql: string): Promise<Rows> {
  return (await db.prepare(sql).all()).results;
}

/** What was there before and is not there, with the same values, now. New columns and tables are welcome. */
function lost(before: ReadonlyMap<string, Rows>, after: ReadonlyMap<string, Rows>): string[] {
  return [...before].flatMap(([table, rows]) => {
    const now = after.get(table);
    if (now === undefined) return [`table ${table}`];
    if (now.length !== rows.length) return [`${table}: ${rows.length} rows before, ${now.length} after`];
    const gone = rows.filter((row) => !now.some((other) => holds(other, row)));
    return gone.map((row) => `${table}: ${JSON.stringify(row)}`);
  });
}

function holds(row: Record<string, unknown>, earlier: Record<string, unknown>): boolean {
  return Object.entries(earlier).every(([column, value]) => JSON.stringify(row[column]) === JSON.stringify(value));
}

async function seedFor(database: string, { name }: Migration): Promise<string | null> {
  const path = join(seeds, database, name);
  return existsSync(path) ? readFile(path, "utf8") : null;
}

describe.each(databases)("the migrations of %s", (database) => {
  it("bring an empty database up to date, once", async ({ expect }) => {
    const all = await migrationsOf(database);
    expect(all.length).toBeGreaterThan(0);
    await withDatabase(async (db) => {
      expect(await migrate(db, all)).toEqual(all.map(({ name }) => name));
      expect(await migrate(db, all)).toEqual([]);
      const noted = await rowsOf(db, "SELECT name FROM d1_migrations ORDER BY id");
      expect(noted.map(({ name }) => name)).toEqual(all.map(({ name }) => name));
    });
  });

  it("keep every row of every earlier release", async ({ expect }) => {
    const all = await migrationsOf(database);
    for (let released = 1; released <= all.length; released++) {
      await withDatabase(async (db) => {
        await migrate(db, all.slice(0, released));
        for (const migration of all.slice(0, released)) {
          const seed = await seedFor(database, migration);
          if (seed !== null) await db.batch([db.prepare(seed)]);
        }
        const before = await contentsOf(db);
        await migrate(db, all);
        expect(lost(before, await contentsOf(db)), `from ${all[released - 1]?.name}`).toEqual([]);
      });
    }
  });

  it("only add", async ({ expect }) => {
    const dangerous = (await migrationsOf(database)).filter(({ sql }) => destroys(sql));
    expect(dangerous.map(({ name }) => name)).toEqual([]);
  });

  it("are seeded for an upgrade in their first shape", async ({ expect }) => {
    const [first] = await migrationsOf(database);
    const seeded = existsSync(join(seeds, database)) ? await readdir(join(seeds, database)) : [];
    expect(seeded).toContain(first?.name);
  });
});

/** drizzle-kit rebuilds a table by copying it to `__new_…` and dropping the old: on D1 that loses rows. */
function destroys(sql: string): boolean {
  return /__new_|\bDROP\s+(TABLE|COLUMN)\b|\bDELETE\s+FROM\b|\bPRAGMA\s+foreign_keys/i.test(sql);
}

describe("what these tests would catch", () => {
  const first = { name: "0000_first.sql", sql: "CREATE TABLE a (k TEXT PRIMARY KEY, v TEXT) STRICT;" };
  const rebuild = {
    name: "0001_rebuild.sql",
    sql: `CREATE TABLE __new_a (k TEXT PRIMARY KEY, v TEXT, w TEXT) STRICT;
      INSERT INTO __new_a SELECT k, NULL, NULL FROM a; DROP TABLE a; ALTER TABLE __new_a RENAME TO a;`,
  };

  it("is a rebuilt table that forgot a value", async ({ expect }) => {
    await withDatabase(async (db) => {
      await migrate(db, [first]);
      await db.batch([db.prepare("INSERT INTO a VALUES ('x', '1')")]);
      const before = await contentsOf(db);
      await migrate(db, [first, rebuild]);
      expect(lost(before, await contentsOf(db))).toEqual(['a: {"k":"x","v":"1"}']);
    });
    expect(destroys(rebuild.sql)).toBe(true);
  });

  it("is a migration that fails half-way: nothing of it stays", async ({ expect }) => {
    const broken = { name: "0001_broken.sql", sql: "CREATE TABLE b (k TEXT) STRICT; INSERT INTO nowhere VALUES (1);" };
    await withDatabase(async (db) => {
      await expect(migrate(db, [first, broken])).rejects.toThrow("0001_broken.sql");
      expect([...(await contentsOf(db)).keys()]).toEqual(["a"]);
      expect(await rowsOf(db, "SELECT name FROM d1_migrations")).toEqual([{ name: "0000_first.sql" }]);
    });
  });
});
