import { headerRefusal, isHeaderValue } from "../core/header-rules.ts";
import type { Rendered } from "./rendered.ts";

/** One header operation with its value rendered: `null` where the action needs none. */
export type HeaderChange = readonly [action: "set" | "append" | "remove", name: string, value: string | null];

/** What the stages before have found out that goes into the headers. */
export interface ResponseExtra {
  /** A whole `Set-Cookie` value of ours, or `null`. It goes beside the origin's cookies. */
  readonly setCookie: string | null;
  /** Why we stood aside, as `x-caramel: bypass;<reason>`. */
  readonly bypass: string | null;
  /** A whole `Server-Timing` metric. */
  readonly serverTiming: string | null;
  /** Another visitor could get something else at this URL, even if these bytes are the origin's: the control arm. */
  readonly personalised: boolean;
  /** Header operations of the visitor's variants, in order. What the rules refuse is left out. */
  readonly headers: readonly HeaderChange[];
  /** The page's own URL for search engines, when another origin path was served under the visitor's URL. */
  readonly linkCanonical?: string | null;
}

/** Headers that describe the origin's bytes. They are false once we have changed those bytes. */
const aboutTheBytes = [
  "accept-ranges",
  "content-digest",
  "content-length",
  "content-md5",
  "content-range",
  "delta-base",
  "digest",
  "etag",
  "im",
  "last-modified",
  "repr-digest",
  "signature",
  "signature-input",
  "use-as-dictionary",
];

/** Validators: a browser that keeps them asks whether its page is still good, which no personalised page is. */
const validators = ["accept-ranges", "etag", "last-modified", "use-as-dictionary"];

/** Headers that would let a cache keep the answer whatever `cache-control` says. */
const sharedCaching = [
  "age",
  "akamai-cache-control",
  "cdn-cache-control",
  "cloudflare-cdn-cache-control",
  "edge-control",
  "expires",
  "netlify-cdn-cache-control",
  "pragma",
  "surrogate-control",
  "vercel-cdn-cache-control",
  "x-accel-expires",
];

/**
 * The last stage: makes the headers true for what goes out. Status, reason, cookies, CSP and all other headers of the
 * origin stay.
 *
 * With nothing to change the very same response goes out, its bytes, coding and framing as the origin sent them.
 * Statuses that can be passed on but not made (101, 600 and above) also go out as they are.
 */
export function respond(rendered: Pick<Rendered, "response" | "changed" | "isOwn">, extra: ResponseExtra): Response {
  const { response, changed } = rendered;
  if (!changed && !hasExtra(extra)) return response;
  if (response.status < 200 || response.status > 599) return response;
  const answer = rendered.isOwn === true ? response : new Response(response.body, response);
  const { headers } = answer;
  applyChanges(headers, extra.headers);
  if (changed) removeAll(headers, aboutTheBytes);
  // A cookie of ours names a visitor: a shared answer would give it to the next one.
  if (changed || extra.personalised || extra.setCookie !== null || extra.headers.length > 0) keepPrivate(headers);
  if (extra.setCookie !== null && isHeaderValue(extra.setCookie)) headers.append("set-cookie", extra.setCookie);
  if (extra.serverTiming !== null && isHeaderValue(extra.serverTiming)) {
    headers.append("server-timing", extra.serverTiming);
  }
  if (extra.bypass !== null && isHeaderValue(extra.bypass)) headers.set("x-caramel", `bypass;${extra.bypass}`);
  if (extra.linkCanonical) headers.append("link", `<${linkTarget(extra.linkCanonical)}>; rel="canonical"`);
  return answer;
}

function hasExtra(extra: ResponseExtra): boolean {
  return (
    extra.personalised ||
    extra.setCookie !== null ||
    extra.bypass !== null ||
    extra.serverTiming !== null ||
    extra.headers.length > 0 ||
    Boolean(extra.linkCanonical)
  );
}

/** Carries out header operations, leaving out what may not be: a value from a profile must not become a second header. */
function applyChanges(headers: Headers, changes: readonly HeaderChange[]): void {
  for (const [action, name, value] of changes) {
    if (headerRefusal(name, action) !== null) continue;
    if (action === "remove") headers.delete(name);
    else if (value !== null && isHeaderValue(value)) headers[action](name, value);
  }
}

/** For this visitor only, and never kept. An origin's `no-transform` binds whoever stands in front of us, so it stays. */
function keepPrivate(headers: Headers): void {
  const binding = /\bno-transform\b/i.test(headers.get("cache-control") ?? "") ? ", no-transform" : "";
  headers.set("cache-control", `private, no-store${binding}`);
  removeAll(headers, sharedCaching);
  removeAll(headers, validators);
}

function removeAll(headers: Headers, names: readonly string[]): void {
  for (const name of names) headers.delete(name);
}

/** A URL as it may stand between `<` and `>`: all else is percent-encoded (RFC 8288, RFC 3986). */
function linkTarget(url: string): string {
  return url
    .toWellFormed()
    .replaceAll(/[^!#$%&'()*+,./0-9:;=?@A-Z[\]_a-z~-]/gu, (character) => encodeURIComponent(character));
}
