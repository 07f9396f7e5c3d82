import type { HtmlOperation } from "../draft.ts";
import { type Problem, pointerOf, problem, warning } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";
import { escapeText } from "./html-text.ts";
import { readMarkup } from "./markup.ts";
import { asciiMarkup, dangerOfMarkup, isVoid, isWellFormed } from "./markup-check.ts";
import type { Apply, Edit, EditableElement, HtmlOperationKind } from "./operation.ts";
import { problemsOfPrints } from "./prints.ts";

type Insert = (element: EditableElement, content: string, options: { html: true }) => unknown;

/** Elements whose content is a language of its own: what is escaped for HTML would be wrong there, and HTML dangerous. */
const otherLanguages: ReadonlySet<string> = new Set("script style iframe xmp noembed noframes plaintext".split(" "));

const outside: (element: EditableElement) => string | null = () => null;

/** Whether content can go between the element's tags: why not, or `null`. */
const inside = (element: EditableElement): string | null => {
  const tag = element.tagName.toLowerCase();
  if (otherLanguages.has(tag)) return `<${tag}> holds no HTML`;
  return isVoid(tag) ? `<${tag}> has no content` : null;
};

/** Parts of an operation that inserts: where, how, and what refuses an element. */
export interface Insertion {
  readonly reachesEnd: boolean;
  readonly place: "inside" | "outside";
  readonly insert: Insert;
}

const insertion = ({ place, insert }: Insertion, markup: string): Apply => {
  const refuses = place === "inside" ? inside : outside;
  return (element) => {
    const refusal = refuses(element);
    if (refusal === null) insert(element, markup, { html: true });
    return refusal;
  };
};

/** An action that inserts its value as text: whatever a visitor's trait holds, it is read as these characters. */
export const textInsertion = (parts: Insertion): HtmlOperationKind => ({
  name: null,
  value: "required",
  reachesEnd: parts.reachesEnd,
  landing: () => "text",
  problems: (operation, path) => (parts.place === "inside" ? problemsOfTarget(operation, path) : []),
  // Escaped by us, once per response, rather than by the rewriter at every match.
  prepare: ({ value, page }) => ok(insertion(parts, escapeText(value, page))),
});

/** An action that inserts its value as HTML. */
export const htmlInsertion = (parts: Insertion): HtmlOperationKind => ({
  name: null,
  value: "required",
  reachesEnd: parts.reachesEnd,
  landing: () => "html",
  problems: (operation, path) => [
    ...(parts.place === "inside" ? problemsOfTarget(operation, path) : []),
    ...problemsOfMarkup(operation, path),
  ],
  prepare: (edit) => preparedHtml(parts, edit),
});

function preparedHtml(parts: Insertion, { value, page }: Edit): Result<Apply, string> {
  const danger = dangerOfMarkup(value);
  if (danger !== null) return fail(danger);
  if (page.xml && !isWellFormed(value)) return fail("the page is XHTML, and the HTML to insert is not well-formed XML");
  return ok(insertion(parts, page.asciiOnly ? asciiMarkup(value) : value));
}

function problemsOfMarkup({ value }: HtmlOperation, path: string): readonly Problem[] {
  const at = `${path}${pointerOf("value")}`;
  const source = value ?? "";
  const danger = dangerOfMarkup(source);
  const problems = [...problemsOfPrints(source, at)];
  if (danger !== null) problems.push(problem(at, `This HTML is refused: ${danger}.`, "Leave it out or finish it."));
  const scripts =
    source.includes("<") && [...readMarkup(source)].some((piece) => "name" in piece && piece.name === "script");
  if (scripts) problems.push(warning(at, "This HTML brings a script.", "Make sure that the page's CSP allows it."));
  return problems;
}

/** A selector whose last part names an element that holds no HTML. The edge refuses such elements too. */
function problemsOfTarget({ selector }: HtmlOperation, path: string): readonly Problem[] {
  const tag = /(?:^|[\s>,])([a-z][a-z0-9]*)[^\s>,]*$/i.exec(selector.trim())?.[1]?.toLowerCase() ?? "";
  if (!otherLanguages.has(tag) && !isVoid(tag)) return [];
  const advice = "Use replace, before or after, or select the element around it.";
  return [problem(`${path}${pointerOf("selector")}`, `<${tag}> can take no content.`, advice)];
}
