import { Latin1 } from "../http/latin1.ts";
import { joined } from "./guard/body.ts";

/** Elements that every page has for a browser, whether or not their tags are written. */
const parts: ReadonlySet<string> = new Set(["html", "head", "body"]);

/** Whether a selector names nothing but one of them. */
export const isPagePart = (selector: string): boolean => parts.has(selector.trim().toLowerCase());

/** What comes before a page's head: nothing that a browser would put into it. */
const prologue = /^(?:\xef\xbb\xbf)?(?:[\t\n\f\r ]+|<!--[\s\S]*?-->|<!doctype[^>]*>|<\?[^>]*>|<html(?=[\s/>])[^>]*>)*/i;
/** What belongs into the head, with its end tag if it is written. */
const headContent =
  /(?:[\t\n\f\r ]+|<!--[\s\S]*?-->|<(?:meta|link|base)(?=[\s/>])[^>]*>|<\/head[^>]*>|<(title|style|script|template|noscript)(?=[\s/>])[^>]*>[\s\S]*?<\/\1(?=[\s/>])[^>]*>)*/iy;
const headTag = /<head(?=[\s/>])(?:"[^"]*"|'[^']*'|[^>"'])*>/iy;
const bodyTag = /<(?:body|frameset)(?=[\s/>])/iy;

const encoder = new TextEncoder();

/**
 * Writes the tags of head and body that a page leaves to the browser, so that HTMLRewriter finds them where the browser
 * will see them.
 *
 * @param first the beginning of the page. Tags that are missing are looked for in it and no further.
 * @param needed the parts that operations act on.
 * @param isAll no more will come, or more must not be waited for.
 * @returns `null` when more of the page must come before it shows what is missing.
 */
export function withPageParts(first: Uint8Array, needed: ReadonlySet<string>, isAll: boolean): Uint8Array | null {
  const [needsHead, needsBody] = [needed.has("head"), needed.has("body")];
  if (!needsHead && !needsBody) return first;
  const source = new Latin1(first).slice(0);
  const start = prologue.exec(source)?.[0].length ?? 0;
  const head = matchAt(headTag, source, start);
  const bodyStart = start + head + matchAt(headContent, source, start + head);
  if (!isAll && !isKnown(source, needsBody ? bodyStart : start)) return null;
  const lacksBody = needsBody && matchAt(bodyTag, source, bodyStart) === 0;
  const page = lacksBody ? inserted(first, bodyStart, "<body>") : first;
  return needsHead && head === 0 ? inserted(page, start, "<head></head>") : page;
}

/** Whether what stands here is there as a whole: half a tag may become any. */
const isKnown = (source: string, at: number): boolean =>
  at < source.length && (source[at] !== "<" || source.includes(">", at));

function matchAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}

const inserted = (bytes: Uint8Array, at: number, markup: string): Uint8Array =>
  joined(joined(bytes.subarray(0, at), encoder.encode(markup)), bytes.subarray(at));
