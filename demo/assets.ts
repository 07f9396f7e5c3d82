import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Answer } from "./answer.ts";
import { coverOf } from "./covers.ts";
import { books } from "./stock/shelves.ts";
import type { Visit } from "./visit.ts";

interface Asset {
  readonly type: string;
  readonly body: string;
  readonly etag: string;
}

const styleParts = ["base.css", "frame.css", "home.css", "pages.css", "checkout.css"];
const svg = "image/svg+xml; charset=utf-8";

const mark = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0f3d33"/><path d="M16 5c4 5 5 7 5 10a5 5 0 0 1-10 0c0-3 1-5 5-10z" fill="#f5b841"/><path d="M11 22h10v5H11z" fill="#f3f5f1"/></svg>`;

const assets = new Map<string, Asset>([
  ["/assets/style.css", asset("text/css; charset=utf-8", styleParts.map(readStyle).join("\n"))],
  ["/assets/mark.svg", asset(svg, mark)],
  ["/robots.txt", asset("text/plain; charset=utf-8", "User-agent: *\nDisallow: /basket\nDisallow: /order\n")],
  ...books.map((book): [string, Asset] => [`/assets/covers/${book.slug}.svg`, asset(svg, coverOf(book))]),
]);

/** The asset at this path, `304` when the browser holds it already, or `null` when there is none. */
export function assetAt({ url, ifNoneMatch }: Visit): Answer | null {
  const found = assets.get(url.pathname);
  if (found === undefined) return null;
  const caching = { etag: found.etag, "cache-control": "public, max-age=3600" };
  const held = (ifNoneMatch ?? "").split(",").map((tag) => tag.trim().replace(/^W\//u, ""));
  if (held.includes(found.etag) || held.includes("*")) return { status: 304, headers: caching, cookies: [], body: "" };
  return { status: 200, headers: { "content-type": found.type, ...caching }, cookies: [], body: found.body };
}

function asset(type: string, body: string): Asset {
  return { type, body, etag: `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"` };
}

function readStyle(name: string): string {
  return readFileSync(join(import.meta.dirname, "style", name), "utf8");
}
