import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./root.ts";

/** The part of a D1 database that migrating needs. */
export interface MigratedDatabase {
  prepare(sql: string): MigratedStatement;
  batch(statements: MigratedStatement[]): Promise<unknown>;
}

interface MigratedStatement {
  bind(...values: unknown[]): MigratedStatement;
  all(): Promise<{ results: Record<string, unknown>[] }>;
}

/** One file of a migrations folder. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** wrangler's own table, to the letter: a database migrated here may be migrated on with `wrangler d1 migrations apply`. */
const tableOfApplied = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  name       TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

/** The migrations of `migrations/<folder>`, in the order of their names. None when there is no such folder. */
export async function migrationsOf(folder: string, migrations = join(root, "migrations")): Promise<Migration[]> {
  const path = join(migrations, folder);
  const names = existsSync(path) ? (await readdir(path)).filter((name) => name.endsWith(".sql")).sort() : [];
  return Promise.all(names.map(async (name) => ({ name, sql: await readFile(join(path, name), "utf8") })));
}

/**
 * Applies what has not been applied. Each migration and the note of it are one batch, so a failure leaves neither.
 *
 * @returns the names applied now.
 * @throws with the migration's name when the database refuses it.
 */
export async function migrate(db: MigratedDatabase, migrations: readonly Migration[]): Promise<string[]> {
  await db.batch([db.prepare(tableOfApplied)]);
  const { results } = await db.prepare("SELECT name FROM d1_migrations").all();
  const applied = new Set(results.map((row) => row.name));
  const pending = migrations.filter((migration) => !applied.has(migration.name));
  for (const migration of pending) await apply(db, migration);
  return pending.map((migration) => migration.name);
}

async function apply(db: MigratedDatabase, { name, sql }: Migration): Promise<void> {
  try {
    // A whole file as one statement: local D1 runs them all, and splitting SQL at semicolons would cut triggers in two.
    await db.batch([db.prepare(sql), db.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(name)]);
  } catch (cause) {
    throw new Error(`Migration ${name} failed: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}
