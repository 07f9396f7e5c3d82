import { Latin1 } from "../http/latin1.ts";
import { joined } from "./guard/body.ts";
import { pageHead } from "./page-head.ts";

/** Elements that every page has for a browser, whether or not their tags are written. */
const parts: ReadonlySet<string> = new Set(["html", "head", "body"]);

/** Whether a selector names nothing but one of them. */
export const isPagePart = (selector: string): boolean => parts.has(selector.trim().toLowerCase());

const encoder = new TextEncoder();

/** How much of a page there is to look at: all of it, as much as may be waited for, or less than that. */
export type Extent = "page" | "enough" | "some";

/**
 * Writes the tags of head and body that a page leaves to the browser, so that HTMLRewriter finds them where the browser
 * will see them. Where that cannot be told, nothing is written.
 *
 * @param first the beginning of the page. Tags that are missing are looked for in it and no further.
 * @param needed the parts that operations act on.
 * @returns `null` when more of the page must come before it shows what is missing.
 */
export function withPageParts(first: Uint8Array, needed: ReadonlySet<string>, extent: Extent): Uint8Array | null {
  const [needsHead, needsBody] = [needed.has("head"), needed.has("body")];
  if (!needsHead && !needsBody) return first;
  const source = new Latin1(first).slice(0);
  const head = pageHead(source);
  const isKnown = !head.isOpen && (head.end < source.length || extent === "page");
  const lacksHead = needsHead && !head.hasTag;
  if (!isKnown && extent === "some" && (needsBody || lacksHead)) return null;
  const headEnd = lacksHead && isKnown && !head.hasEnd ? "</head>" : "";
  const body = needsBody && isKnown && !head.hasBody ? "<body>" : "";
  const page = inserted(first, head.end, headEnd + body);
  // A head whose end is not known ends where it would have ended without its tag.
  return lacksHead ? inserted(page, head.start, "<head>") : page;
}

const inserted = (bytes: Uint8Array, at: number, markup: string): Uint8Array =>
  markup === "" ? bytes : joined(joined(bytes.subarray(0, at), encoder.encode(markup)), bytes.subarray(at));
