import { packed } from "../core/pack.ts";
import { columnOf } from "./table-rows.ts";

/** One parameter's size. D1 takes strings of 2 MB; UTF-16 units take up to three bytes each. */
const parameterCharacters = 500_000;

/** A condition for the rows of `insertRows` to be inserted, over one parameter that it calls `?2`. */
export interface Guard {
  readonly sql: string;
  readonly bound: string;
}

/**
 * Statements that insert many rows, each with a single parameter: D1 takes 100 parameters a statement, so the rows travel
 * as one JSON text that `json_each` unfolds. All rows have the properties of the first.
 */
export function insertRows(
  db: D1Database,
  table: string,
  rows: readonly object[],
  guard: Guard,
): D1PreparedStatement[] {
  const properties = Object.keys(rows[0] ?? {});
  const names = properties.map((property) => `"${columnOf(property)}"`).join(", ");
  const values = properties.map((_, index) => `value ->> ${index}`).join(", ");
  const sql = `INSERT INTO "${table}" (${names}) SELECT ${values} FROM json_each(?1) WHERE ${guard.sql}`;
  const texts = rows.map((row) => JSON.stringify(properties.map((property) => Reflect.get(row, property) ?? null)));
  return inParameters(texts).map((parameter) => db.prepare(sql).bind(parameter, guard.bound));
}

/** JSON arrays of the given JSON texts, as few as fit a parameter's size. A text that is larger alone is left alone. */
export const inParameters = (texts: readonly string[]): string[] =>
  packed(texts, (text) => text.length + 1, parameterCharacters).map((run) => `[${run.join(",")}]`);
