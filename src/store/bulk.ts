import { getTableColumns, getTableName } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import { packed } from "../core/pack.ts";

/** One parameter's size. D1 takes strings of 2 MB; UTF-16 units take up to three bytes each. */
const parameterCharacters = 500_000;

/** A condition for the rows of `insertRows` to be inserted, over one parameter that it calls `?2`. */
export interface Guard {
  readonly sql: string;
  readonly bound: string;
}

/**
 * Statements that insert many rows, each with a single parameter: D1 takes 100 parameters a statement, so the rows travel
 * as one JSON text that `json_each` unfolds.
 */
export function insertRows<Table extends SQLiteTable>(
  db: D1Database,
  table: Table,
  rows: readonly Table["$inferSelect"][],
  guard: Guard,
): D1PreparedStatement[] {
  const columns = Object.entries(getTableColumns(table));
  const names = columns.map(([, column]) => `"${column.name}"`).join(", ");
  const values = columns.map((_, index) => `value ->> ${index}`).join(", ");
  const sql = `INSERT INTO "${getTableName(table)}" (${names}) SELECT ${values} FROM json_each(?1) WHERE ${guard.sql}`;
  const texts = rows.map((row) => JSON.stringify(columns.map(([property]) => row[property as keyof typeof row])));
  return inParameters(texts).map((parameter) => db.prepare(sql).bind(parameter, guard.bound));
}

/** JSON arrays of the given JSON texts, as few as fit a parameter's size. A text that is larger alone is left alone. */
export const inParameters = (texts: readonly string[]): string[] =>
  packed(texts, (text) => text.length + 1, parameterCharacters).map((run) => `[${run.join(",")}]`);
