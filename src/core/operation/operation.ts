import type { HtmlOperation } from "../draft.ts";
import type { Problem } from "../problem.ts";
import type { Result } from "../result.ts";
import type { Landing } from "../template.ts";

/** The part of an element that operations need. HTMLRewriter's `Element` fits it, and core stays free of the platform. */
export interface EditableElement {
  readonly tagName: string;
  /** Raw source: character references are not decoded. */
  getAttribute(name: string): string | null;
  /** Takes raw source too, of which only `"` is escaped. */
  setAttribute(name: string, value: string): unknown;
  removeAttribute(name: string): unknown;
  before(content: string, options?: { html?: boolean }): unknown;
  after(content: string, options?: { html?: boolean }): unknown;
  prepend(content: string, options?: { html?: boolean }): unknown;
  append(content: string, options?: { html?: boolean }): unknown;
  replace(content: string, options?: { html?: boolean }): unknown;
  setInnerContent(content: string, options?: { html?: boolean }): unknown;
  remove(): unknown;
}

/** How the page at hand wants inserted characters written. */
export interface PageText {
  /** The page's charset is not known for sure: write everything beyond ASCII as references. */
  readonly asciiOnly: boolean;
  /** The page is XML: only well-formed content may be inserted. */
  readonly xml: boolean;
}

/** One operation with its value rendered for one visitor. */
export interface Edit {
  readonly name: string | null;
  readonly value: string;
  readonly page: PageText;
}

/** Changes one element. Returns why it was left as it was, or `null` when it was changed. */
export type Apply = (element: EditableElement) => string | null;

/** Everything Caramel knows of one action on HTML. A new action is one value of this type and its line in the table. */
export interface HtmlOperationKind {
  /** What `name` says: nothing, or the name of an attribute or style property. */
  readonly name: "attribute" | "property" | null;
  readonly value: "required" | "none";
  /** Needs the place where the element ends: see `edge/guard` for elements without an end tag. */
  readonly reachesEnd: boolean;
  /** Where the value lands, which decides how templates inside it are escaped. */
  readonly landing: (name: string | null) => Landing;
  /** What is wrong with an authored operation beyond a missing name or value. `path` points at the operation. */
  readonly problems: (operation: HtmlOperation, path: string) => readonly Problem[];
  /** Checks the rendered value and escapes it, once per response. Fails when the value must not go into a page. */
  readonly prepare: (edit: Edit) => Result<Apply, string>;
}
