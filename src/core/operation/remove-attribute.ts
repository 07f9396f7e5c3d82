import { pointerOf, problem } from "../problem.ts";
import { fail, ok } from "../result.ts";
import { isAttributeName } from "./danger.ts";
import type { HtmlOperationKind } from "./operation.ts";

/** Takes an attribute away, duplicates of it included. Any attribute may go, an event handler too. */
export const removeAttribute: HtmlOperationKind = {
  name: "attribute",
  value: "none",
  reachesEnd: false,
  landing: () => "attribute",
  problems: ({ name }, path) =>
    name === null || isAttributeName(name)
      ? []
      : [
          problem(
            `${path}${pointerOf("name")}`,
            `"${name}" cannot be the name of an attribute.`,
            "Write it as in HTML.",
          ),
        ],
  prepare: ({ name }) => {
    const attribute = name ?? "";
    if (!isAttributeName(attribute)) return fail(`"${attribute}" cannot be the name of an attribute`);
    return ok((element) => {
      // An untouched tag keeps its bytes.
      if (element.getAttribute(attribute) !== null) element.removeAttribute(attribute);
      return null;
    });
  },
};
