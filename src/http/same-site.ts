import type { SitePolicy } from "../core/draft.ts";
import { urlParts } from "./url-parts.ts";

/**
 * Whether a request that acts for a visitor may have been made by a page of this site.
 *
 * Browsers name the page's origin on every such request (Fetch standard), and none lets a page choose it. Requests without
 * are no browser's, and can't carry somebody else's cookie.
 */
export function isOwnPage({ headers, url }: Request, { hosts }: SitePolicy): boolean {
  const origin = headers.get("origin");
  const relation = headers.get("sec-fetch-site");
  if (origin === null) return relation === null || relation === "same-origin" || relation === "none";
  const from = URL.parse(origin)?.hostname ?? null;
  if (from === null) return false;
  return from === urlParts(url).host || hosts.some((host) => isHost(host, from));
}

function isHost(pattern: string, host: string): boolean {
  return pattern.startsWith("*.") ? host.endsWith(pattern.slice(1)) : pattern === host;
}
