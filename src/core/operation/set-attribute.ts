import type { HtmlOperation } from "../draft.ts";
import { type Problem, pointerOf, problem, warning } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";
import { problemsOfName, refusalOfName } from "./attribute.ts";
import { dangerOfValue, isUrlAttribute } from "./danger.ts";
import { escapeAttribute } from "./html-text.ts";
import type { Apply, Edit, HtmlOperationKind } from "./operation.ts";

/** Gives an attribute a value, whether or not it was there. */
export const setAttribute: HtmlOperationKind = {
  name: "attribute",
  value: "required",
  reachesEnd: false,
  landing: (name) => (isUrlAttribute(name ?? "") ? "url" : "attribute"),
  problems: (operation, path) => [...problemsOfName(operation, path), ...problemsOfValue(operation, path)],
  prepare,
};

function prepare({ name, value, page }: Edit): Result<Apply, string> {
  const attribute = name ?? "";
  const refusal = refusalOfName(attribute) ?? dangerOfValue(attribute, value);
  if (refusal !== null) return fail(refusal);
  const raw = escapeAttribute(value, page);
  return ok((element) => {
    element.setAttribute(attribute, raw);
    return null;
  });
}

function problemsOfValue({ name, value }: HtmlOperation, path: string): readonly Problem[] {
  const at = `${path}${pointerOf("value")}`;
  const danger = dangerOfValue(name ?? "", value ?? "");
  if (danger !== null) {
    return [
      problem(at, `This value of "${name}" is refused: ${danger}.`, "Write an http, https, mailto or tel address."),
    ];
  }
  if (name?.toLowerCase() === "style" && value?.includes("{")) {
    return [problem(at, "A value is printed in a style attribute.", "Use setStyle with the property as its name.")];
  }
  const fromVisitor = isUrlAttribute(name ?? "") && /^\s*\{\{-?\s*visitor\b/.test(value ?? "");
  return fromVisitor
    ? [
        warning(
          at,
          `"${name}" is wholly what the visitor's traits say.`,
          "Begin it with a path of the site, such as /books/.",
        ),
      ]
    : [];
}
