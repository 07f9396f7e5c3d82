import type { HtmlOperation } from "../draft.ts";
import { type Problem, pointerOf, problem } from "../problem.ts";
import { dangerOfAttribute, isAttributeName } from "./danger.ts";

/** Why an attribute's name is refused, or `null`. */
export const refusalOfName = (name: string): string | null =>
  isAttributeName(name) ? dangerOfAttribute(name) : `"${name}" cannot be the name of an attribute`;

/** What is wrong with the attribute that an operation names. */
export function problemsOfName({ name }: HtmlOperation, path: string): readonly Problem[] {
  const refusal = refusalOfName(name ?? "");
  if (refusal === null || name === null) return [];
  const advice = isAttributeName(name)
    ? "Let a script of the site listen for the event, or set another attribute."
    : "Write a name of letters, digits and hyphens, such as data-offer.";
  return [problem(`${path}${pointerOf("name")}`, `This attribute is refused: ${refusal}.`, advice)];
}
