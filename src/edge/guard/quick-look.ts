import { mayMatch, type SelectorHint } from "./selector-hint.ts";
import { endsByItself, hashOf, tag, tagOf } from "./tag-table.ts";

/** Above so many candidates, reading the page is cheaper than looking each of them up. */
const maxCandidates = 64;

const select = /<select[\s/>]/gi;
const selectEnd = /<\/select[\s/>]/gi;
const inSelect = /<(?:title|style|iframe|noscript|xmp|noembed|noframes|plaintext|template|select)[\s/>]/i;
/** What may hold text that only looks like an end tag. */
const hides = /<(?:!--|!\[|script|style|title|textarea|xmp|iframe|no(?:script|embed|frames))/i;
const neverPlain = /<(?:frameset|plaintext)[\s/>]/i;
/** One search for all that needs a closer look: a search that does not mind case costs ten times as much as one that does. */
const remarkable = /<(?:select|frameset|plaintext)[\s/>]/i;

/** What ends an element of a kind before its own end tag, or may: more than a browser would take for it. */
const enders: readonly (readonly [kind: number, pattern: RegExp])[] = [
  [
    tag.p,
    /<(?:address|article|aside|blockquote|center|d[dlt]|details|dialog|dir|div|fieldset|fig|footer|form|h[1-6r]|header|hgroup|li|main|menu|nav|ol|p|pre|listing|search|section|summary|table|ul|xmp)[\s/>a-z]/i,
  ],
  [tag.li, /<li[\s/>]/i],
  [tag.dd, /<d[dt][\s/>]/i],
  [tag.option, /<opt(?:ion|group)[\s/>]/i],
  [tag.row | tag.cell | tag.section, /<(?:t[dhr]|tbody|thead|tfoot|caption|colgroup)[\s/>]/i],
  [tag.heading, /<\/?h[1-6][\s/>]/i],
  [tag.a, /<a[\s/>]/i],
  [tag.button, /<button[\s/>]/i],
  [tag.ruby, /<r(?:[tpb]|tc)[\s/>]/i],
  [tag.head, /<(?:body|\/?html)[\s/>]/i],
];

/**
 * Whether a piece of a page needs no closer look: nothing in it can make HTMLRewriter give up, and every element in it that
 * fits the hints plainly ends at its own end tag. It may take more for dangerous than is, and then the page is
 * read properly.
 */
export const isPlain = (text: string, hints: readonly SelectorHint[]): boolean =>
  (!remarkable.test(text) || (!neverPlain.test(text) && hasPlainSelects(text))) &&
  hints.every((hint) => endsPlainly(text, hint));

function hasPlainSelects(text: string): boolean {
  for (const { index } of text.matchAll(select)) {
    const end = searchFrom(selectEnd, text, index);
    const inside = end < 0 ? null : text.slice(index + 1, end);
    if (inside === null || inSelect.test(inside) || hides.test(inside)) return false;
  }
  return true;
}

function searchFrom(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? -1;
}

function endsPlainly(text: string, hint: SelectorHint): boolean {
  const [word] = hint.words;
  if (hint.name !== null && (tagOf(hashOf(hint.name)) & endsByItself) === 0) return true;
  if (hint.name === null && word === undefined) return false;
  const marks = hint.name === null ? [word ?? ""] : [`<${hint.name}`, `<${hint.name.toUpperCase()}`];
  let candidates = 0;
  for (const mark of marks) {
    for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) {
      if (++candidates > maxCandidates) return false;
      if (!endsOwnWay(text, hint, hint.name === null ? tagAround(text, at) : at)) return false;
    }
  }
  return true;
}

/** Where the tag begins that this place is in; -1 when it is in none. */
function tagAround(text: string, at: number): number {
  const open = text.lastIndexOf("<", at);
  return open >= 0 && /^<[a-z](?:[^>]*$|.*["'])/is.test(text.slice(open, at)) ? open : -1;
}

function endsOwnWay(text: string, hint: SelectorHint, at: number): boolean {
  if (at < 0) return true;
  const close = text.indexOf(">", at);
  const source = text.slice(at, close < 0 ? text.length : close + 1);
  const name = /^<([a-z][^\s/>]*)/i.exec(source)?.[1]?.toLowerCase() ?? "";
  const kind = tagOf(hashOf(name)) & endsByItself;
  if (kind === 0 || (close >= 0 && !/["'][^"']*$/.test(source) && !mayMatch([hint], source))) return true;
  const end = searchFrom(new RegExp(`</${name}[\\s/>]`, "gi"), text, at);
  const ender = enders.find(([kinds]) => (kinds & kind) !== 0)?.[1];
  if (end < 0 || ender === undefined || !hasClosedQuotes(source)) return false;
  const inside = text.slice(close + 1, end);
  return !ender.test(inside) && !hides.test(inside);
}

/** A quote that is open where the tag seems to end says that it does not end there. */
const hasClosedQuotes = (source: string): boolean => (source.match(/["']/g)?.length ?? 0) % 2 === 0;
