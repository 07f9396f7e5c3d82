import type { JsonOperation } from "../draft.ts";
import type { Json } from "../json.ts";
import { type Problem, pointerOf, problem } from "../problem.ts";
import { parsePointer } from "./pointer.ts";

/** What is wrong with an authored operation on JSON; `path` is a JSON pointer to it. */
export function problemsOfJson({ pointer, action }: JsonOperation, path: string): readonly Problem[] {
  const at = `${path}${pointerOf("pointer")}`;
  const parsed = parsePointer(pointer);
  if (!parsed.ok)
    return [problem(at, `"${pointer}" is no JSON pointer: ${parsed.error}.`, "Write it as /items/0/title.")];
  if (action === "remove" && pointer === "") {
    return [
      problem(at, "The whole document cannot be removed.", "Point at a member of it, or set the document to null."),
    ];
  }
  return [];
}

/**
 * A JSON value as it may stand inside a `<script>`: nothing in it can end the script, begin a comment, or break a line for
 * an old parser. Every character beyond ASCII is escaped when the page's charset is not certain.
 */
export const scriptJson =
  (asciiOnly: boolean) =>
  (value: Json): string =>
    asciiJson(JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, escaped), asciiOnly);

/** JSON text with every character beyond ASCII escaped, if so asked. Such characters stand inside strings only. */
export const asciiJson = (text: string, asciiOnly: boolean): string =>
  asciiOnly ? text.replace(/\P{ASCII}/gu, (char) => char.split("").map(escaped).join("")) : text;

const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
