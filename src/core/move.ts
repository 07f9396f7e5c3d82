import type { SitePolicy } from "./draft.ts";

/**
 * Where an experience may lead a visitor. Saving a draft and serving a page read the same rules: what was saved never
 * turns out to be refused, and what was not saved properly never goes out.
 */

/** `//host` and a backslash lead browsers to another host; white space and control characters could end the header. */
export const isOwnPath = (text: string): boolean => /^\/(?![/\\])[^\\\s\p{Cc}]*$/u.test(text) && !isTemplate(text);

/** A path that the origin can be asked for: browsers keep the fragment to themselves. */
export const isServablePath = (text: string): boolean => isOwnPath(text) && !text.includes("#");

/** A place that depends on the visitor could be led anywhere by what they are known to have said. */
export const isTemplate = (text: string): boolean => text.includes("{{") || text.includes("{%");

/** An absolute http(s) URL that nothing can be hidden in; `null` for all else. */
export function foreignUrl(text: string): URL | null {
  if (!/^https?:\/\/[^/\\]/i.test(text) || /[\\\s\p{Cc}]/u.test(text) || isTemplate(text)) return null;
  try {
    const url = new URL(text);
    return url.username === "" && url.password === "" ? url : null;
  } catch {
    return null;
  }
}

/** Whether one of these names covers a host. `*` means any host of the site's visitors, not any host in the world. */
export const covers = (names: readonly string[], hostname: string): boolean =>
  names.some(
    (name) => name !== "*" && (name === hostname || (name.startsWith("*.") && hostname.endsWith(name.slice(1)))),
  );

/** Whether visitors may be sent to this host. */
export const mayRedirectTo = (
  { hosts, redirectHosts }: Pick<SitePolicy, "hosts" | "redirectHosts">,
  hostname: string,
) => covers(hosts, hostname) || covers(redirectHosts, hostname);

/** The address that a visitor asked for. */
export interface AskedAddress {
  /** `https://books.example:8443`: with which the browser came. */
  readonly origin: string;
  /** Still percent-encoded. */
  readonly path: string;
  /** From the `?` on; empty without one. */
  readonly search: string;
}

/**
 * The `Location` of a redirect, with the visitor's query kept: parameters that the place itself names win, so that a
 * second passage changes nothing.
 *
 * @returns `null` when the visitor is there already. A place that may not be redirected to gives a reason, for the log.
 */
export function redirectLocation(
  place: string,
  asked: AskedAddress,
  policy: Pick<SitePolicy, "hosts" | "redirectHosts">,
): { readonly location: string | null } | { readonly refusal: string } {
  const own = isOwnPath(place);
  const url = own ? null : foreignUrl(place);
  if (!own && url === null) return { refusal: "it is neither a path of the site nor an http(s) URL" };
  if (url !== null && !mayRedirectTo(policy, url.hostname))
    return { refusal: `${url.hostname} is not an allowed host` };
  const written = url === null ? encoded(place) : url.href;
  const location = withQuery(written, asked.search, url === null || url.origin === asked.origin);
  return { location: isHere(location, asked) ? null : location };
}

/** Percent-encodes what a URL cannot hold and leaves what is encoded already. */
const encoded = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[^!#$%&'()*+,./0-9:;=?@A-Z[\]_a-z~-]/gu, (character) => encodeURIComponent(character));

/** Tokens of ours open drafts and other people's visits: they stay with the site. */
const isOurs = (name: string): boolean => name.startsWith("caramel_");

function withQuery(location: string, search: string, staysHere: boolean): string {
  const [rest = "", fragment] = splitOnce(location, "#");
  const [path = "", query = ""] = splitOnce(rest, "?");
  const named = new Set(pairsOf(query).map(nameOf));
  const kept = pairsOf(encoded(search.slice(1))).filter(
    (pair) => !named.has(nameOf(pair)) && (staysHere || !isOurs(nameOf(pair))),
  );
  const pairs = [...pairsOf(query), ...kept];
  return `${path}${pairs.length === 0 ? "" : `?${pairs.join("&")}`}${fragment === undefined ? "" : `#${fragment}`}`;
}

function splitOnce(text: string, mark: string): readonly [string, string?] {
  const at = text.indexOf(mark);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

const pairsOf = (query: string): readonly string[] => query.split("&").filter((pair) => pair !== "");
const nameOf = (pair: string): string => pair.split("=", 1)[0] ?? "";

/** The same address in any spelling: order of parameters, case of percent signs, a fragment that only browsers see. */
function isHere(location: string, { origin, path, search }: AskedAddress): boolean {
  const [there = ""] = splitOnce(location, "#");
  const whole = there.startsWith("/") ? origin + there : there;
  return canonicalAddress(whole) === canonicalAddress(`${origin}${path}${search}`);
}

function canonicalAddress(url: string): string {
  const [address = "", query = ""] = splitOnce(encoded(url), "?");
  return `${address}?${[...pairsOf(query)].sort().join("&")}`.replaceAll(/%[0-9a-f]{2}/gi, (code) =>
    code.toUpperCase(),
  );
}
