/** How a browser puts HTML into a page: the DOM's own names (DOM standard, ParentNode and ChildNode). */
export type Insertion = "prepend" | "append" | "before" | "after" | "replaceWith" | "replaceChildren";

/**
 * One operation as a browser carries it out by itself: its value is rendered for one visitor, and why they get it is not told.
 *
 * `attribute` without a value takes the attribute away; `class` and `-class` have one class or several.
 */
export interface PageOperation {
  readonly selector: string;
  readonly act: "text" | "attribute" | "style" | "class" | "-class" | Insertion;
  /** The attribute or style property. */
  readonly name?: string;
  /** Text, or HTML that has been checked. */
  readonly value?: string;
}

/** What one experience does to a page that a single-page app shows. */
export interface PagePart {
  /** To be sent back when one of the places was found: it makes an exposure. Left out when none is needed. */
  readonly token?: string;
  /** The places of every arm, so that an exposure means the same in each. */
  readonly watch: readonly string[];
  /** This visitor's, in the order of doing. */
  readonly operations: readonly PageOperation[];
}

/** The answer to `GET /_caramel/page?path=…`. */
export interface PageAnswer {
  readonly parts: readonly PagePart[];
}
