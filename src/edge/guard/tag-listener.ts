/** A start tag that somebody asked for. Offsets count bytes from the page's beginning. */
export interface MetTag {
  /** What `tagOf` knows of its name. */
  readonly bits: number;
  readonly from: number;
  /** Behind its `>`. */
  readonly tagEnd: number;
  /** Whether an element begins here that an end tag must end. */
  readonly hasContent: boolean;
  /** How many elements are open around it. */
  readonly depth: number;
  /** In SVG or MathML, or its root. */
  readonly isForeign: boolean;
}

/** Is told of the tags that it asks for while a page is read. What it asks for are fields: every tag of a page is held against them. */
export interface TagListener {
  /** Start tags that end behind this place are told. */
  readonly nextMark: number;
  /** Start tags of these names are told, by the names' hashes; `null`: of none. */
  readonly names: ReadonlySet<number> | null;
  /** End tags that leave no more elements open than this are told; -1: none. */
  readonly depth: number;
  met(tag: MetTag): void;
  /** An end tag ends the element that `depth` others are open around, and all that is open inside. */
  closed(depth: number, from: number, end: number): void;
}
