/** Where a page's head would stand, and what of it is written. Offsets are into the source. */
export interface PageHead {
  /** Where a browser begins the head. */
  readonly start: number;
  /** Whether its tag is written. */
  readonly hasTag: boolean;
  /** Whether its end tag is written, or something that ends it. */
  readonly hasEnd: boolean;
  /** Where a browser begins the body: behind all that belongs into the head. */
  readonly end: number;
  /** Whether the body's tag, or a frameset's, is written there. */
  readonly hasBody: boolean;
  /** Something begins there and has not ended yet: nobody knows what follows. */
  readonly isOpen: boolean;
}

const attributes = `(?=[\\s/>])(?:"[^"]*"|'[^']*'|[^>"'])*>`;
const bom = /\xef\xbb\xbf/y;
/** What browsers skip, wherever they are before the body (HTML standard, 13.2.6.4.2 to 13.2.6.4.6). */
const neutral = new RegExp(
  `[\\t\\n\\f\\r ]+|<!--(?:-?>|[^]*?--!?>)|<!(?!--)[^>]*>|<\\?[^>]*>|<html${attributes}|</(?!(?:head|body|html|br)[\\s/>])[^>]*>`,
  "iy",
);
const headTag = new RegExp(`<head${attributes}`, "iy");
const headEnd = new RegExp(`</head${attributes}`, "iy");
const voidTag = new RegExp(`<(?:meta|link|base|basefont|bgsound)${attributes}`, "iy");
const element = new RegExp(`<(title|style|script|template|noscript|noframes)${attributes}`, "iy");
const bodyTag = /<(?:body|frameset)(?=[\s/>])/iy;

/** Reads the beginning of a page as far as its body. */
export function pageHead(source: string): PageHead {
  const start = skipNeutral(source, after(bom, source, 0) ?? 0);
  const inside = after(headTag, source, start);
  let [at, hasEnd, isOpen] = [inside ?? start, false, false];
  for (;;) {
    const next = skipNeutral(source, at);
    const ended = after(headEnd, source, next);
    hasEnd ||= ended !== null;
    const end = ended ?? after(voidTag, source, next) ?? elementEnd(source, next);
    if (end === null || end < 0) {
      at = next;
      isOpen = end !== null || (source[next] === "<" && !source.includes(">", next)) || isBeginning(source, next);
      break;
    }
    at = end;
  }
  return { start, hasTag: inside !== null, hasEnd, end: at, hasBody: after(bodyTag, source, at) !== null, isOpen };
}

/** The first bytes of a byte order mark, or of a comment. */
const isBeginning = (source: string, at: number): boolean => {
  const rest = source.slice(at, at + 4);
  return rest !== "" && ((at === 0 && "\xef\xbb".startsWith(rest)) || rest === "<!--");
};

function skipNeutral(source: string, from: number): number {
  let at = from;
  for (let next = after(neutral, source, at); next !== null; next = after(neutral, source, at)) at = next;
  return at;
}

/** Where what stands here ends; `null` when it does not stand here. */
function after(pattern: RegExp, source: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.test(source) ? pattern.lastIndex : null;
}

/** Where an element of the head ends that begins here; -1 when it does not, `null` when none begins. */
function elementEnd(source: string, at: number): number | null {
  element.lastIndex = at;
  const name = element.exec(source)?.[1]?.toLowerCase();
  if (name === undefined) return null;
  const inside = element.lastIndex;
  const close =
    name === "script"
      ? scriptEnd(source, inside)
      : name === "template"
        ? templateEnd(source, inside)
        : endTag(name, source, inside);
  // With scripts off a `<noscript>` holds tags, one of which may hold what looks like the end.
  if (close < 0 || (name === "noscript" && isInTag(source, inside, close))) return -1;
  const end = source.indexOf(">", close);
  return end < 0 ? -1 : end + 1;
}

const isInTag = (source: string, from: number, until: number): boolean =>
  source.lastIndexOf("<", until - 1) > Math.max(from - 1, source.lastIndexOf(">", until));

function endTag(name: string, source: string, from: number): number {
  const found = source.slice(from).search(new RegExp(`</${name}(?=[\\s/>])`, "i"));
  return found < 0 ? -1 : from + found;
}

/** Scripts may hold comments that hold scripts (HTML standard, 13.2.5.15 and following). */
function scriptEnd(source: string, from: number): number {
  let escaped = 0;
  for (const { 0: text, index } of source.slice(from).matchAll(/<!--(?!-?>)|-->|<\/?script(?=[\s/>])/gi)) {
    if (text === "-->") escaped = 0;
    else if (text === "<!--") escaped = Math.max(escaped, 1);
    else if (text[1] !== "/") escaped = escaped === 0 ? 0 : 2;
    else if (escaped === 2) escaped = 1;
    else return from + index;
  }
  return -1;
}

function templateEnd(source: string, from: number): number {
  let depth = 1;
  for (const { 0: text, index } of source.slice(from).matchAll(/<\/?template(?=[\s/>])/gi)) {
    depth += text[1] === "/" ? -1 : 1;
    if (depth === 0) return from + index;
  }
  return -1;
}
