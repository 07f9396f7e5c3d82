import type { HtmlOperation } from "../draft.ts";
import { type Problem, pointerOf, problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";
import { readRaw } from "./char-reference.ts";
import { escapeAttribute } from "./html-text.ts";
import type { Apply, Edit, HtmlOperationKind } from "./operation.ts";

const separator = /[\t\n\f\r ]+/;

/** The classes of a list, in order. */
export const classesOf = (list: string): readonly string[] => list.split(separator).filter((name) => name !== "");

/** One class of a raw class attribute: how it is written and what it means. */
export interface RawClass {
  readonly raw: string;
  readonly name: string;
}

/** The classes of a raw class attribute, each with its own spelling. */
export function readClasses(source: string): readonly RawClass[] {
  const { text, raw } = readRaw(source);
  return [...text.matchAll(/[^\t\n\f\r ]+/g)].map(({ 0: name, index }) => ({
    name,
    raw: raw.slice(index, index + name.length).join(""),
  }));
}

/** The changed raw attribute from the old one; `null` leaves it as it is. */
export type ClassEdit = (source: string | null, classes: readonly RawClass[]) => string | null;

/** An action on the list of classes. The classes it does not name keep their spelling and order. */
export const classOperation = (edit: ClassEdit): HtmlOperationKind => ({
  name: null,
  value: "required",
  reachesEnd: false,
  landing: () => "attribute",
  problems: problemsOfClass,
  prepare: ({ value, page }: Edit): Result<Apply, string> => {
    const classes = classesOf(value).map((name) => ({ name, raw: escapeAttribute(name, page) }));
    if (classes.length === 0) return fail("the class is empty");
    return ok((element) => {
      const source = element.getAttribute("class");
      if (source?.includes("\ufffd")) return "the class attribute is not in the charset that the page claims";
      const changed = edit(source, classes);
      if (changed !== null) element.setAttribute("class", changed);
      return null;
    });
  },
});

function problemsOfClass({ value }: HtmlOperation, path: string): readonly Problem[] {
  const at = `${path}${pointerOf("value")}`;
  if (value === null || classesOf(value).length === 0)
    return [problem(at, "The class is empty.", "Write a class name.")];
  if (/^\.[\w-]/.test(value)) {
    return [problem(at, `"${value}" begins with a dot.`, `Write the class without it: ${value.slice(1)}.`)];
  }
  return [];
}
