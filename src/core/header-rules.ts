/**
 * Which response headers an experience may change, and how.
 *
 * Refused are headers whose change would break the message (framing, coding), let one visitor's answer reach another
 * (caching, CORS), take over the visitor (cookies, redirects) or weaken the page's own protection. Saving a draft and
 * serving a page read the same rules, so what was saved is never silently left out, and what was not saved properly
 * never goes out.
 */

/** Our own request header: signed decisions for a server-rendered site. A visitor's header of this name is removed. */
export const decisionsHeader = "x-caramel-decisions";

/** Name → why an operation may not touch it at all; written to be shown to the author. */
const refused: Readonly<Record<string, string>> = {
  ...because("it frames the message, which only the connection may say", [
    "connection",
    "content-length",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
  ]),
  ...because("it describes the bytes, which only whoever made them knows", [
    "accept-ranges",
    "content-digest",
    "content-encoding",
    "content-md5",
    "content-range",
    "content-type",
    "digest",
    "etag",
    "last-modified",
    "repr-digest",
  ]),
  ...because("a personalised answer is always private and never stored", [
    "age",
    "cache-control",
    "cdn-cache-control",
    "cloudflare-cdn-cache-control",
    "expires",
    "pragma",
    "surrogate-control",
  ]),
  ...because("it belongs to requests or to the connection", ["date", "host", "cookie", "alt-svc", "www-authenticate"]),
  ...because("cookies and stored data are the site's and Caramel's own to manage", [
    "clear-site-data",
    "set-cookie",
    "set-cookie2",
  ]),
  ...because("pages are moved by the experience's `redirect`, which knows the allowed hosts", ["location", "refresh"]),
};

const refusedPrefixes: readonly (readonly [prefix: string, why: string])[] = [
  ["access-control-", "it would open a personalised answer to other sites"],
  ["cf-", "it belongs to Cloudflare"],
  ["proxy-", "it belongs to the connection"],
  ["x-caramel", "it is Caramel's own"],
];

/** Headers that protect the page: an operation may not set or remove them. A further policy may be appended to a CSP. */
const protective = new Set([
  "content-security-policy",
  "cross-origin-embedder-policy",
  "cross-origin-opener-policy",
  "cross-origin-resource-policy",
  "permissions-policy",
  "referrer-policy",
  "strict-transport-security",
  "x-content-type-options",
  "x-frame-options",
]);

/** Appending can only add a policy to these, and several policies must all be met: the page gets stricter, never laxer. */
const stricterWhenAppended = new Set(["content-security-policy"]);

const token = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;

/**
 * Why an operation may not touch this response header, as half a sentence for the author, or `null` when it may.
 *
 * @param name in any case.
 */
export function headerRefusal(name: string, action: "set" | "append" | "remove"): string | null {
  const lower = name.toLowerCase();
  if (!token.test(lower)) return "it is not a header name";
  if (Object.hasOwn(refused, lower)) return refused[lower] ?? null;
  const prefix = refusedPrefixes.find(([start]) => lower.startsWith(start));
  if (prefix !== undefined) return prefix[1];
  if (!protective.has(lower) || (action === "append" && stricterWhenAppended.has(lower))) return null;
  return "it protects the page";
}

/**
 * Whether a value can be a header's: no line break, NUL or other control character that could start a second header, and
 * nothing beyond Latin-1, which HTTP cannot carry (RFC 9110, 5.5).
 */
export function isHeaderValue(value: string): boolean {
  for (let at = 0; at < value.length; at += 1) {
    const code = value.charCodeAt(at);
    if ((code < 0x20 && code !== 0x09) || code === 0x7f || code > 0xff) return false;
  }
  return true;
}

function because(why: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, why]));
}
