import * as z from "zod";
import { type Problem, pointerOf, problem } from "../core/problem.ts";
import { parseJson } from "./parse-json.ts";

/** Where a row is: its table, and the values that find it. */
export interface Place {
  readonly table: string;
  readonly keys: readonly string[];
}

/**
 * Reads the columns of one row that a person may have edited, and collects what is wrong with them.
 *
 * Every method gives the parsed value, or `fallback` after noting a problem; a reader that noted any is thrown away with
 * its row, so that a fallback never reaches a draft.
 */
export interface Columns {
  /** A word, number or text. */
  plain<T>(column: string, value: unknown, shape: z.ZodType<T>, fallback: T): T;
  /** JSON text; `null` in the column is handed on as it is. */
  json<T>(column: string, text: string, shape: z.ZodType<T>, fallback: T): T;
  flag(column: string, value: number): boolean;
}

/** @param problems gets a problem for everything wrong, with the path `/table/key/column`. */
export function columnsOf(place: Place, problems: Problem[]): Columns {
  const note = (column: string, message: string, advice: string) => {
    const named = `${place.table} ${place.keys.map((key) => `"${key}"`).join(", ")}, column ${column}: ${message}`;
    problems.push(problem(pointerOf(place.table, ...place.keys, column), named, advice));
  };
  const check = <T>(column: string, value: unknown, shape: z.ZodType<T>, fallback: T): T => {
    const parsed = shape.safeParse(value);
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) note(column, spelled(issue), adviceFor(column, issue));
    return fallback;
  };
  return {
    plain: check,
    json: (column, text, shape, fallback) => {
      const value = parseJson(text);
      if (value !== undefined) return check(column, value, shape, fallback);
      note(column, "not JSON", `Write JSON into ${column}: names and texts in double quotes, no comma after the last.`);
      return fallback;
    },
    flag: (column, value) => check(column, value, z.literal([0, 1]), 0) === 1,
  };
}

const spelled = ({ path, message }: z.core.$ZodIssue): string =>
  path.length === 0 ? message : `at ${pointerOf(...path.map(String))}: ${message}`;

function adviceFor(column: string, issue: z.core.$ZodIssue): string {
  const where = issue.path.length === 0 ? column : `${pointerOf(...issue.path.map(String))} of ${column}`;
  if (issue.code === "invalid_value") return `Set ${where} to one of: ${issue.values.join(", ")}.`;
  if (issue.code === "unrecognized_keys") return `Remove or respell ${issue.keys.join(", ")} in ${where}.`;
  if (issue.code === "invalid_type") return `Set ${where} to a value of type ${issue.expected}.`;
  if (issue.code === "too_big") return `Set ${where} to at most ${issue.maximum}.`;
  if (issue.code === "too_small") return `Set ${where} to at least ${issue.minimum}.`;
  return `Change ${where} so that this holds: ${issue.message}.`;
}
