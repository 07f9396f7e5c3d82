import type { PageFacts } from "../core/item-facts.ts";
import { isHtml, readMediaType } from "../http/media-type.ts";
import { beginningOf } from "./bounded-copy.ts";

/** What a page says of itself stands in its head, nearly always. */
const mostBytes = 128_000;
const mostProperties = 60;
const mostJsonCharacters = 64_000;

const nothing: PageFacts = { jsonLd: [], openGraph: [] };

/**
 * Reads a page's JSON-LD and OpenGraph, from a copy of its beginning and beside its way to the visitor: whatever goes wrong
 * here, the page goes out as it is. Never rejects.
 */
export async function pageFactsOf(answer: Response): Promise<PageFacts> {
  const type = readMediaType(answer.headers.get("content-type"));
  if (type === null || !isHtml(type) || answer.status !== 200) return nothing;
  const beginning = await beginningOf(answer, mostBytes);
  if (beginning === null || beginning.bytes.length === 0) return nothing;
  const facts: { jsonLd: string[]; openGraph: [string, string][] } = { jsonLd: [], openGraph: [] };
  const charset = type.charset ?? "utf-8";
  try {
    const copy = new Response(beginning.bytes, { headers: { "content-type": `text/html; charset=${charset}` } });
    await readerInto(facts).transform(copy).arrayBuffer();
  } catch {
    // A page that HTMLRewriter does not take has told what it has told until there.
  }
  return facts;
}

function readerInto(facts: { readonly jsonLd: string[]; readonly openGraph: [string, string][] }): HTMLRewriter {
  let script = "";
  return new HTMLRewriter()
    .on('script[type="application/ld+json"]', {
      text: ({ text, lastInTextNode }) => {
        if (script.length < mostJsonCharacters) script += text;
        if (!lastInTextNode) return;
        facts.jsonLd.push(script);
        script = "";
      },
    })
    .on("meta[property][content]", {
      element: (element) => {
        const property = (element.getAttribute("property") ?? "").toLowerCase();
        if (facts.openGraph.length >= mostProperties || !vocabulary.test(property)) return;
        facts.openGraph.push([property, unescaped(element.getAttribute("content") ?? "")]);
      },
    });
}

const vocabulary = /^(og|product|book|article|video):/;

/** HTMLRewriter gives attributes as they are written. The references that people and templates write are few. */
const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

const unescaped = (text: string): string =>
  text.replaceAll(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,4}));/gi, (whole, decimal, hexadecimal, name) => {
    if (name !== undefined) return named[String(name).toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hexadecimal, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
