import { Miniflare } from "miniflare";
import { afterAll, describe, it } from "vitest";
import { type MigratedDatabase, migrate, migrationsOf } from "../../../src/cli/local/migrations.ts";

/** Against real local D1; that the migrations themselves are right is shown in `test/store`. */
describe("migrating the local databases", async () => {
  const names = ["db", "visitors", "broken", "trigger"] as const;
  const miniflare = new Miniflare({
    telemetry: { enabled: false },
    workers: [
      {
        config: {
          name: "migrations",
          compatibilityDate: "2026-10-20",
          manifest: { mainModule: "a.js", modules: { "a.js": { type: "esm", contents: "export default {};" } } },
          env: Object.fromEntries(names.map((name) => [name, { type: "d1" as const, id: name }])),
        },
      },
    ],
  });
  afterAll(() => miniflare.dispose());

  const first = { name: "0000_first.sql", sql: "CREATE TABLE a (k TEXT PRIMARY KEY, v TEXT) STRICT;" };
  const column = async (db: MigratedDatabase, sql: string) =>
    (await db.prepare(sql).all()).results.map((row) => Object.values(row)[0]);

  it.for(["db", "visitors"])("applies all of %s to an empty database, in order, once", async (folder, { expect }) => {
    const all = await migrationsOf(folder);
    const db = await miniflare.getD1Database(folder);
    expect(all.length).toBeGreaterThan(0);
    expect(await migrate(db, all.slice(0, 1))).toEqual([all[0]?.name]);
    expect(await migrate(db, all)).toEqual(all.slice(1).map(({ name }) => name));
    expect(await migrate(db, all)).toEqual([]);
    expect(await column(db, "SELECT name FROM d1_migrations ORDER BY id")).toEqual(all.map(({ name }) => name));
  });

  it("leaves nothing of a migration that fails half-way, and names it", async ({ expect }) => {
    const broken = { name: "0001_broken.sql", sql: "CREATE TABLE b (k TEXT) STRICT; INSERT INTO nowhere VALUES (1);" };
    const db = await miniflare.getD1Database("broken");
    await expect(migrate(db, [first, broken])).rejects.toThrow("0001_broken.sql");
    expect(await column(db, "SELECT name FROM d1_migrations")).toEqual(["0000_first.sql"]);
    expect(await column(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'b'")).toEqual([0]);
  });

  it("does not cut a trigger in two at its semicolons", async ({ expect }) => {
    const body = "INSERT INTO a VALUES (NEW.k || '!', 'seen'); DELETE FROM a WHERE k = 'old';";
    const trigger = `CREATE TRIGGER t AFTER INSERT ON a WHEN NEW.v = 'new' BEGIN ${body} END;`;
    const db = await miniflare.getD1Database("trigger");
    await migrate(db, [first, { name: "0001_trigger.sql", sql: trigger }]);
    await db.batch([db.prepare("INSERT INTO a VALUES ('old', ''), ('x', 'new')")]);
    expect(await column(db, "SELECT k FROM a ORDER BY k")).toEqual(["x", "x!"]);
  });
});
