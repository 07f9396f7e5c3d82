import { dangerOfAttribute, dangerOfValue } from "./danger.ts";
import { asciiReferences } from "./html-text.ts";
import { type Markup, type MarkupTag, readMarkup } from "./markup.ts";

/** Only what holds one of these can be dangerous or unfinished: most fragments are cleared without being read. */
const suspicious = /on|src|:|<!|<[?]|<\/?(?:title|textarea|style|script|xmp|iframe|no|plaintext)|<[^>]*$|&/i;

/**
 * Why a fragment of HTML must not go into a page: an event handler, `srcdoc`, a URL that runs script, or a tag that is
 * not finished and would swallow the page. `null` when it may.
 */
export function dangerOfMarkup(fragment: string): string | null {
  if (!suspicious.test(fragment)) return null;
  for (const piece of readMarkup(fragment)) {
    const danger = dangerOfPiece(piece);
    if (danger !== null) return danger;
  }
  return null;
}

function dangerOfPiece(piece: Markup): string | null {
  if (piece.kind === "unfinished") return `"${piece.source.slice(0, 40)}" is not finished`;
  // Inside SVG these elements do hold markup, and without script `noscript` does.
  if (piece.kind === "raw") return piece.within === "script" ? null : dangerInside(piece.source);
  return piece.kind === "start" ? dangerOfTag(piece) : null;
}

function dangerInside(raw: string): string | null {
  for (const piece of readMarkup(raw)) {
    const danger = piece.kind === "start" ? dangerOfTag(piece) : null;
    if (danger !== null) return danger;
  }
  return null;
}

function dangerOfTag(tag: MarkupTag): string | null {
  for (const { name, value } of tag.attributes) {
    const danger = dangerOfAttribute(name) ?? dangerOfValue(name, value);
    if (danger !== null) return `<${tag.name} ${name}>: ${danger}`;
  }
  return null;
}

const voidElements: ReadonlySet<string> = new Set(
  "area base br col embed hr img input link meta param source track wbr".split(" "),
);

/** Whether an element of this name has no content and no end tag. */
export const isVoid = (name: string): boolean => voidElements.has(name);

/** XML knows five named references; any other stops the whole page. */
const notXml = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-f]+);)|<(?![a-z/!])/i;

const xmlComment = /^<!--(?:(?!--)[\s\S])*(?<!-)-->$/;

/** Whether a fragment may go into an XHTML page: one mistake there and browsers show an error instead of the page. */
export function isWellFormed(fragment: string): boolean {
  const open: string[] = [];
  for (const piece of readMarkup(fragment)) {
    if (piece.kind === "unfinished" || notXml.test(piece.source)) return false;
    if (piece.kind === "comment" && !xmlComment.test(piece.source)) return false;
    if (piece.kind === "end" && open.pop() !== /^<\/([^\s>]+)/.exec(piece.source)?.[1]) return false;
    if (piece.kind !== "start") continue;
    if (piece.attributes.some(({ quote }) => quote !== '"' && quote !== "'")) return false;
    if (!piece.selfClosing) open.push(/^<([^\s/>]+)/.exec(piece.source)?.[1] ?? "");
  }
  return open.length === 0;
}

const beyondAscii = /\P{ASCII}/gu;
const units = (char: string): readonly string[] =>
  char.split("").map((unit) => unit.charCodeAt(0).toString(16).padStart(4, "0"));

/** A fragment of HTML in ASCII alone: references in markup, escapes of the language in scripts and styles. */
export function asciiMarkup(fragment: string): string {
  if (!/\P{ASCII}/u.test(fragment)) return fragment;
  let ascii = "";
  for (const piece of readMarkup(fragment)) ascii += asciiPiece(piece);
  return ascii;
}

function asciiPiece(piece: Markup): string {
  const language = piece.kind === "raw" ? piece.within : null;
  if (language === "script")
    return piece.source.replace(beyondAscii, (char) =>
      units(char)
        .map((u) => `\\u${u}`)
        .join(""),
    );
  if (language === "style")
    return piece.source.replace(beyondAscii, (char) => `\\${char.codePointAt(0)?.toString(16)} `);
  return asciiReferences(piece.source);
}
