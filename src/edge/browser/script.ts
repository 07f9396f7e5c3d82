/** The browser's helper as the build made it. */
export interface ClientScript {
  readonly text: string;
  /** Changes with the text. */
  readonly version: string;
}

/** A year: the address names the text. */
const forGood = "public, max-age=31536000, immutable";
/** For pages that wrote the element themselves: five minutes, and a day more while the new one is fetched. */
const forAWhile = "public, max-age=300, stale-while-revalidate=86400";

/**
 * `GET /_caramel/client.js`. At `?v=<version>`, as pages of ours name it, browsers may keep it for good; at the bare address they
 * ask again by its ETag. While a deployment goes round, a page may name a version that this isolate does not have: it gets
 * what there is, and nobody keeps it.
 */
export function clientScript(request: Request, { text, version }: ClientScript): Response {
  const etag = `"${version}"`;
  const asked = new URL(request.url).searchParams.get("v");
  const headers = {
    "content-type": "text/javascript; charset=utf-8",
    "x-content-type-options": "nosniff",
    "cache-control": asked === null ? forAWhile : asked === version ? forGood : "no-store",
    etag,
  };
  const known = (request.headers.get("if-none-match") ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return known.includes(etag) ? new Response(null, { status: 304, headers }) : new Response(text, { headers });
}
