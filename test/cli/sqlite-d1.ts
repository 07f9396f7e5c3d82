import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";

/** D1's interface over Node's own SQLite, as far as our stores use it: they are the real ones in the command line's tests, too. */
export function sqliteD1(): D1Database {
  const db = new DatabaseSync(":memory:");
  for (const sql of migrations("migrations/db")) db.exec(sql);
  const statement = (sql: string, values: readonly SQLInputValue[]) => {
    const all = () => {
      // Node binds `?1` by its number only when it is given by name.
      const named = Object.fromEntries(values.map((value, at) => [`?${at + 1}`, value]));
      const prepared = db.prepare(sql);
      const results = /\?\d/.test(sql) ? prepared.all(named) : prepared.all(...values);
      return { results: results.map((row) => ({ ...row })), success: true, meta: {} };
    };
    return {
      bind: (...given: SQLInputValue[]) => statement(sql, given),
      all: async () => all(),
      run: async () => all(),
      first: async () => all().results[0] ?? null,
      now: all,
    };
  };
  const batch = async (statements: readonly ReturnType<typeof statement>[]) => {
    db.exec("BEGIN");
    try {
      const results = statements.map(({ now }) => now());
      db.exec("COMMIT");
      return results;
    } catch (error) {
      db.exec("ROLLBACK");
      throw error;
    }
  };
  return { prepare: (sql: string) => statement(sql, []), batch } as unknown as D1Database;
}

const migrations = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort()
    .flatMap((name) => readFileSync(join(folder, name), "utf8").split("--> statement-breakpoint"));

/** KV's interface over a map, as far as releases use it. */
export function mapKv(): KVNamespace {
  const values = new Map<string, { value: string; metadata: unknown }>();
  return {
    get: async (key: string) => values.get(key)?.value ?? null,
    getWithMetadata: async (key: string) => values.get(key) ?? { value: null, metadata: null },
    put: async (key: string, value: string, options?: { metadata?: unknown }) =>
      void values.set(key, { value, metadata: options?.metadata ?? null }),
    delete: async (key: string) => void values.delete(key),
    list: async ({ prefix }: { prefix: string }) => ({
      keys: [...values].flatMap(([name, { metadata }]) => (name.startsWith(prefix) ? [{ name, metadata }] : [])),
      list_complete: true,
    }),
  } as unknown as KVNamespace;
}
