import type { HtmlOperation } from "../draft.ts";
import { type Problem, pointerOf, problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";
import { escapeAttribute } from "./html-text.ts";
import type { Apply, Edit, HtmlOperationKind } from "./operation.ts";
import { cutDeclarations, readStyle, sameProperty } from "./style-list.ts";

const propertyShape = /^(?:--[\w-]+|-?[a-z][a-z-]*)$/i;
/** Old browsers run these; nobody else needs them. */
const runsScript = /javascript:|vbscript:|expression\s*\(|-moz-binding|behavior\s*:/i;

/** Sets one property of the element's style attribute and leaves the other declarations as they are. */
export const setStyle: HtmlOperationKind = {
  name: "property",
  value: "required",
  reachesEnd: false,
  landing: () => "attribute",
  problems,
  prepare,
};

/** Why a property cannot have this value, or `null`. A value that ends its declaration could bring another. */
function refusalOf(property: string, value: string): string | null {
  if (!propertyShape.test(property)) return `"${property}" is not a style property`;
  if (value.trim() === "") return "the value is empty";
  if (runsScript.test(value)) return "the value runs script in old browsers";
  const cuts = cutDeclarations(value);
  return cuts === null || cuts.length > 1 || /[{}]/.test(value) ? "the value does not fit into one declaration" : null;
}

function prepare({ name, value, page }: Edit): Result<Apply, string> {
  const property = sameProperty(name ?? "");
  const refusal = refusalOf(property, value);
  if (refusal !== null) return fail(refusal);
  const declaration = escapeAttribute(`${property}: ${value.trim()}`, page);
  return ok((element) => {
    const source = element.getAttribute("style") ?? "";
    if (source.includes("\ufffd")) return "the style attribute is not in the charset that the page claims";
    const declarations = readStyle(source);
    if (declarations === null) return "the element's style attribute is not closed properly";
    const others = declarations.filter((other) => other.property !== property).map(({ raw }) => raw);
    element.setAttribute("style", [...others, declaration].join("; "));
    return null;
  });
}

function problems({ name, value }: HtmlOperation, path: string): readonly Problem[] {
  // Printed values are checked at the edge: here they stand for a plain word.
  const sample = (value ?? "").replace(/\{\{[\s\S]*?\}\}/g, "x").replace(/\{%[\s\S]*?%\}/g, "");
  const refusal = name === null || value === null ? null : refusalOf(name, sample);
  if (refusal === null) return [];
  const advice = 'Name one property, such as "color", and give its value alone, such as "#b00".';
  const at = propertyShape.test(name ?? "") ? "value" : "name";
  return [problem(`${path}${pointerOf(at)}`, `This style is refused: ${refusal}.`, advice)];
}
