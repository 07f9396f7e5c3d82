/** One piece of a fragment of HTML, as a browser's tokenizer would cut it (HTML standard, 13.2.5, without its rarer states). */
export type Markup =
  | { readonly kind: "text" | "comment"; readonly source: string }
  /** The content of an element that holds no markup, such as a script. */
  | { readonly kind: "raw"; readonly source: string; readonly within: string }
  | MarkupTag
  /** A tag, a comment or an element without markup that the fragment does not finish: it would swallow the page. */
  | { readonly kind: "unfinished"; readonly source: string };

export interface MarkupTag {
  readonly kind: "start" | "end";
  readonly source: string;
  /** In lower case. */
  readonly name: string;
  readonly attributes: readonly MarkupAttribute[];
  readonly selfClosing: boolean;
}

export interface MarkupAttribute {
  readonly name: string;
  /** Raw: references are not decoded. */
  readonly value: string;
  /** `null`: no value at all; the empty string: a value without quotes. */
  readonly quote: '"' | "'" | "" | null;
}

/** Elements whose content is not markup. `noscript` and its like are not for browsers that run script. */
const withoutMarkup: ReadonlySet<string> = new Set(
  "script style title textarea xmp iframe noembed noframes noscript plaintext".split(" "),
);

const tagStart = /<(?:[a-z]|\/[a-z]|[!?/])/gi;
const commentEnd = /--!?>/g;
// Sticky: each matches exactly where the last one ended.
const tagName = /<\/?([^\t\n\f\r />]+)/y;
const beforeAttribute = /[\t\n\f\r /]*/y;
const attributeName = /=?[^\t\n\f\r />=]*/y;
const attributeValue = /[\t\n\f\r ]*=[\t\n\f\r ]*(?:"([^"]*)"|'([^']*)'|([^\t\n\f\r >"'][^\t\n\f\r >]*)?)/y;

/** Cuts a fragment of HTML into its pieces, in order; joined, their `source`s give the fragment again. */
export function* readMarkup(fragment: string): Generator<Markup, void> {
  let at = 0;
  while (at < fragment.length) {
    const open = find(tagStart, fragment, at);
    if (open > at) yield { kind: "text", source: fragment.slice(at, open) };
    if (open === fragment.length) return;
    const piece = readPiece(fragment, open);
    yield piece;
    at = open + piece.source.length;
    if (piece.kind !== "start" || !withoutMarkup.has(piece.name)) continue;
    const close = endOfRaw(fragment, at, piece.name);
    if (close === null) return yield { kind: "unfinished", source: fragment.slice(at) };
    if (close > at) yield { kind: "raw", source: fragment.slice(at, close), within: piece.name };
    at = close;
  }
}

function find(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? text.length;
}

function endOfRaw(fragment: string, from: number, name: string): number | null {
  if (name === "plaintext") return null;
  const index = fragment.slice(from).search(new RegExp(`</${name}[\\t\\n\\f\\r />]`, "i"));
  return index < 0 ? null : from + index;
}

function readPiece(fragment: string, from: number): Markup {
  const second = fragment[from + 1] ?? "";
  const isTag = /[a-z]/i.test(second === "/" ? (fragment[from + 2] ?? "") : second);
  return isTag ? readTag(fragment, from) : readComment(fragment, from);
}

function readComment(fragment: string, from: number): Markup {
  // `<!-->` and `<!--->` are whole comments: the end may share the dashes of the beginning.
  const pattern = fragment.startsWith("<!--", from) ? commentEnd : />/g;
  pattern.lastIndex = from + 2;
  const end = pattern.exec(fragment);
  if (end === null) return { kind: "unfinished", source: fragment.slice(from) };
  return { kind: "comment", source: fragment.slice(from, end.index + end[0].length) };
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function readTag(fragment: string, from: number): Markup {
  const name = match(tagName, fragment, from);
  let at = from + (name?.[0].length ?? 1);
  const attributes: MarkupAttribute[] = [];
  for (;;) {
    at += match(beforeAttribute, fragment, at)?.[0].length ?? 0;
    if (at >= fragment.length) return { kind: "unfinished", source: fragment.slice(from) };
    if (fragment[at] === ">") break;
    const read = readAttribute(fragment, at);
    if (read === null) return { kind: "unfinished", source: fragment.slice(from) };
    attributes.push(read.attribute);
    at = read.until;
  }
  return {
    kind: fragment[from + 1] === "/" ? "end" : "start",
    source: fragment.slice(from, at + 1),
    name: (name?.[1] ?? "").toLowerCase(),
    attributes,
    selfClosing: fragment[at - 1] === "/",
  };
}

function readAttribute(fragment: string, at: number): { attribute: MarkupAttribute; until: number } | null {
  const name = match(attributeName, fragment, at)?.[0] ?? "";
  const afterName = at + name.length;
  const value = match(attributeValue, fragment, afterName);
  if (value === null) return { attribute: { name: name.toLowerCase(), value: "", quote: null }, until: afterName };
  const [whole, double, single, bare] = value;
  const until = afterName + whole.length;
  const unquoted = double === undefined && single === undefined && bare === undefined;
  // A quote that opened and does not close takes in everything after it.
  if (unquoted && /["']/.test(fragment[until] ?? "")) return null;
  const quote = double !== undefined ? '"' : single !== undefined ? "'" : "";
  return { attribute: { name: name.toLowerCase(), value: double ?? single ?? bare ?? "", quote }, until };
}
