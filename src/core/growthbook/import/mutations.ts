import type { HtmlOperation } from "../../draft.ts";
import { isObject, type Json, type JsonObject } from "../../json.ts";
import { problemsOfHtml } from "../../operation/html-operations.ts";
import { pointerOf } from "../../problem.ts";
import { literalText } from "./import-value.ts";
import type { Tell } from "./notes.ts";

/** What a variation of the visual editor does, as operations. What a response can't do is told and left out. */
export function operationsOf(variation: JsonObject, where: string, tell: Tell): readonly JsonObject[] {
  const { domMutations, css, js } = variation;
  if (typeof js === "string" && js.trim() !== "")
    tell(
      `${where}/js`,
      "its script was not carried over",
      "Put it into the site's own scripts, behind a class that an operation adds.",
    );
  const mutations = Array.isArray(domMutations) ? (domMutations as readonly Json[]) : [];
  const changes = mutations.flatMap((mutation, index) =>
    mutationOf(mutation, where + pointerOf("domMutations", index), tell),
  );
  return [...changes, ...styleOf(css, where, tell)].map(written);
}

/** The visual editor's global CSS. */
function styleOf(css: Json | undefined, where: string, tell: Tell): readonly HtmlOperation[] {
  if (typeof css !== "string" || css.trim() === "") return [];
  if (/<\/style/i.test(css)) {
    tell(`${where}/css`, "its CSS holds </style", "It was left out; take the tag out of it.");
    return [];
  }
  return [{ selector: "head", action: "append", name: null, value: literalText(`<style>${css}</style>`) }];
}

function mutationOf(mutation: Json, where: string, tell: Tell): readonly HtmlOperation[] {
  const found = isObject(mutation) ? readMutation(mutation) : null;
  if (found === null) {
    const what = isObject(mutation) ? `${String(mutation.action)} on ${String(mutation.attribute)}` : "this";
    tell(
      where,
      `"${what}" has no counterpart in a response`,
      "It was left out; write an operation that comes to the same.",
    );
    return [];
  }
  const [first] = problemsOfHtml(found, "").filter(({ severity }) => severity === "error");
  if (first === undefined) return [found];
  tell(where, first.message, `It was left out. ${first.advice}`);
  return [];
}

/** One mutation of dom-mutator's declarative language; `null` for what can't be done while a page streams by. */
function readMutation({ selector, action, attribute, value }: JsonObject): HtmlOperation | null {
  if (typeof selector !== "string" || typeof attribute !== "string") return null;
  const text = literalText(typeof value === "string" ? value : "");
  const operation = (kind: HtmlOperation["action"], name: string | null, given: string | null): HtmlOperation => ({
    selector,
    action: kind,
    name,
    value: given,
  });
  switch (`${attribute === "html" || attribute === "class" ? attribute : "attribute"} ${String(action)}`) {
    case "html set":
      return operation("setHtml", null, text);
    case "html append":
      return operation("append", null, text);
    case "class append":
      return operation("addClass", null, text);
    case "class remove":
      return operation("removeClass", null, text);
    case "class set":
      return operation("setAttribute", "class", text);
    case "attribute set":
      return attribute === "position" ? null : operation("setAttribute", attribute, text);
    case "attribute remove":
      return attribute === "position" ? null : operation("removeAttribute", attribute, null);
    default:
      return null;
  }
}

const written = ({ selector, action, name, value }: HtmlOperation): JsonObject => ({
  selector,
  action,
  ...(name === null ? {} : { name }),
  ...(value === null ? {} : { value }),
});
