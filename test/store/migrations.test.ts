import { applyD1Migrations, type D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { getTableColumns, getTableName, is } from "drizzle-orm";
import { SQLiteTable } from "drizzle-orm/sqlite-core";
import { describe, it } from "vitest";
import * as access from "../../src/store/access-schema.ts";
import * as config from "../../src/store/config-schema.ts";
import * as releases from "../../src/store/release-schema.ts";
import { columnOf, rowsAs } from "../../src/store/table-rows.ts";
import * as visitors from "../../src/store/visitors-schema.ts";
import { insertSeeds, rowsOf, tablesOf, wipe } from "./upgraded.ts";

const databases = [
  { name: "db", db: env.DB, migrations: env.TEST_MIGRATIONS.db, schema: { ...config, ...releases, ...access } },
  { name: "visitors", db: env.VISITORS, migrations: env.TEST_MIGRATIONS.visitors, schema: visitors },
] as const;

const isSafe = (sql: string) => !/__new_|\bDROP\s+TABLE\b|\bDROP\s+COLUMN\b|\bRENAME\b/i.test(sql);

describe.for(databases)("the migrations of $name", ({ name, db, migrations, schema }) => {
  it("make an empty database what the schema says, and change nothing when applied again", async ({ expect }) => {
    await wipe(db);
    await applyD1Migrations(db, [...migrations]);
    await applyD1Migrations(db, [...migrations]);
    const tables = Object.values(schema).filter((member) => is(member, SQLiteTable));
    expect((await tablesOf(db)).map((table) => table.name)).toEqual(tables.map(getTableName).toSorted());
    for (const table of tables) {
      const { results } = await db.prepare(`SELECT name FROM pragma_table_info('${getTableName(table)}')`).all();
      const columns = Object.values(getTableColumns(table)).map((column) => column.name);
      expect(new Set(results.map((row) => row.name))).toEqual(new Set(columns));
    }
  });

  it("name columns as rows are read", ({ expect }) => {
    const tables = Object.values(schema).filter((member) => is(member, SQLiteTable));
    const columns = tables.flatMap((table) => Object.entries(getTableColumns(table)));
    expect(columns.filter(([property, { name: column }]) => columnOf(property) !== column)).toEqual([]);
    for (const [property, column] of columns) {
      expect(rowsAs([{ [column.name]: 1 }])).toEqual([{ [property]: 1 }]);
    }
  });

  it("make strict tables only", async ({ expect }) => {
    expect((await tablesOf(db)).filter(({ strict }) => strict === 0)).toEqual([]);
  });

  it("never rebuild, drop or rename", ({ expect }) => {
    expect(migrations.flatMap(({ queries }) => queries).filter((sql) => !isSafe(sql))).toEqual([]);
    expect(isSafe("CREATE TABLE `__new_sites` (a)")).toBe(false);
    expect(isSafe("drop  table sites")).toBe(false);
  });

  it("keep every row of every older database", { timeout: 60_000 }, async ({ expect }) => {
    for (const [index, { name: last }] of migrations.entries()) {
      await wipe(db);
      await applyD1Migrations(db, migrations.slice(0, index + 1) as D1Migration[]);
      await insertSeeds(db, `${name}/${last}`);
      const before = await rowsOf(db);
      await applyD1Migrations(db, [...migrations]);
      const after = await rowsOf(db);
      for (const [table, rows] of before) {
        expect(rows.length, `${table} has no row seeded at ${last}`).toBeGreaterThan(0);
        expect(after.get(table)).toHaveLength(rows.length);
        for (const [place, row] of rows.entries()) expect(after.get(table)?.[place]).toMatchObject(row);
      }
    }
  });
});
