import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, it } from "vitest";
import { type BareSite, released, startBare, warmed } from "../whole/bare/site.ts";
import { configurationFor } from "../whole/bytes/marks.ts";
import { type PagesOrigin, servePages } from "../whole/bytes/origin.ts";
import { isLeftAlone, pages } from "../whole/bytes/pages.ts";
import type { Sent } from "../whole/bytes/sent.ts";
import { chromiumPath, openChromium } from "./chromium.ts";

/** What is added to head and body, where most pages have no such tags, changes nothing else of what a browser makes of a page. */
const executable = chromiumPath();
/** Larger ones take a browser seconds, and are proven byte by byte. */
const largeBytes = 300_000;

const sendingWays = ["whole", "pieces"] as const;

/** What Chromium made of a page: without our marks, and where those were. */
interface Seen {
  readonly markup: string;
  readonly marks: readonly string[];
}

describe.skipIf(executable === null)("a page with something added, in a browser", () => {
  let [origin, site, browser]: [PagesOrigin?, BareSite?, Browser?] = [];
  beforeAll(async () => {
    origin = await servePages(pages);
    site = await warmed(await startBare(await released(configurationFor(origin.url)), origin.url));
    browser = await openChromium(executable ?? "");
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
    origin?.close();
  });

  const bytesOf = async (path: string) =>
    Buffer.from(await (await fetch(`http://127.0.0.1:${site?.port}${path}`)).arrayBuffer());

  it("is otherwise the page it was, for a hundred pages sent in two ways", async ({ expect }) => {
    const page = await browser?.newPage();
    const small = [...pages.entries()].filter(([, { bytes }]) => bytes.length < largeBytes);
    expect(small.length).toBeGreaterThan(100);
    const [changed, marked]: [string[], Record<string, number>] = [[], {}];
    const compare = async ([index, sent]: (typeof small)[number]) => {
      const sentOn = await Promise.all(sendingWays.map((way) => bytesOf(`/parts/${index}/${way}`)));
      const seen = await page?.evaluate(
        see,
        [sent.bytes, ...sentOn].map((bytes) => wayOf(sent, bytes)),
      );
      const [before, ...after] = seen ?? [];
      for (const [at, { markup, marks }] of after.entries()) {
        if (markup !== before?.markup || marks.length > (isLeftAlone(sent) ? 0 : 2)) {
          changed.push(`${sent.name}, ${sendingWays[at]}: ${markup}, ${marks} for ${before?.markup}`);
        }
        for (const place of marks) marked[place] = (marked[place] ?? 0) + 1;
      }
    };
    await Promise.all(small.map(compare));
    expect(changed).toEqual([]);
    // Nearly all pages of the corpus are such that what is added is found where it was asked for.
    const places = Object.values(marked).reduce((sum, count) => sum + count, 0);
    expect(marked["meta in head"]).toBeGreaterThan(small.length * 1.8);
    expect((marked["meta in head"] ?? 0) + (marked["caramel-mark in body"] ?? 0)).toBeGreaterThan(places * 0.9);
  });
});

/** The bytes and how a browser would decode them: by BOM, header, or what the page says of itself. */
function wayOf({ type }: Sent, bytes: Buffer): readonly [string, string, string] {
  const start = bytes.subarray(0, 4096).toString("latin1");
  const label = /charset\s*=\s*["']?([\w-]+)/i.exec(`${type} ${start}`)?.[1] ?? "windows-1252";
  const known = /^(?:utf-7|x-nobody-knows|x)$/.test(label) ? "windows-1252" : label;
  return [bytes.toString("base64"), known, /xhtml/.test(type) ? "application/xhtml+xml" : "text/html"];
}

/** What of the browser's own this file uses: the tests' types are Node's. */
declare const DOMParser: new () => { parseFromString(text: string, type: string): ParsedPage };
interface ParsedPage {
  readonly compatMode: string;
  readonly doctype: { readonly name: string; readonly publicId: string; readonly systemId: string } | null;
  readonly documentElement: { readonly outerHTML: string } | null;
  querySelectorAll(selector: string): Iterable<{
    readonly localName: string;
    readonly parentElement: { readonly localName: string } | null;
    remove(): void;
  }>;
  normalize(): void;
}

/** Runs in the browser. */
function see(pages: readonly (readonly [string, string, string])[]): readonly Seen[] {
  return pages.map(([base64, label, type]) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const parsed = new DOMParser().parseFromString(new TextDecoder(label).decode(bytes), type);
    const marks = [...parsed.querySelectorAll("meta[name=caramel-mark], caramel-mark")].map((mark) => {
      const place = `${mark.localName} in ${mark.parentElement?.localName}`;
      mark.remove();
      return place;
    });
    parsed.normalize();
    const doctype =
      parsed.doctype === null ? "" : `${parsed.doctype.name} ${parsed.doctype.publicId} ${parsed.doctype.systemId}`;
    return { markup: `${parsed.compatMode} ${doctype} ${parsed.documentElement?.outerHTML}`, marks };
  });
}
