import { isKey, type SiteKey, type VisitorId } from "./ids.ts";
import { isObject } from "./json.ts";
import { linkWith, withoutParameter } from "./signed-link.ts";
import { isVisitorId } from "./visit.ts";

/** The query parameter that a visit link carries its token in. */
export const visitParameter = "caramel_visit";

/** What a visit link says: whoever opens it before it expires is this visitor of this site from then on. */
export interface VisitClaims {
  readonly site: SiteKey;
  readonly visitor: VisitorId;
  readonly expiresAtMs: number;
}

/** The text to sign. */
export const encodeVisitClaims = ({ site, visitor, expiresAtMs }: VisitClaims): string =>
  JSON.stringify({ w: site, v: visitor, x: expiresAtMs });

/** What a signed text said; `null` when it is none of ours, of another site, or has expired. Never throws. */
export function decodeVisitClaims(text: string, site: SiteKey, nowMs: number): VisitClaims | null {
  const value = parsed(text);
  if (!isObject(value) || value.w !== site || !isKey(site)) return null;
  const { v: visitor, x: expiresAtMs } = value;
  if (!isVisitorId(visitor)) return null;
  if (typeof expiresAtMs !== "number" || expiresAtMs <= nowMs) return null;
  return { site, visitor, expiresAtMs };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The address that opens a page of the site as a visitor. `to` is a path of the site, query and fragment included. */
export const visitLink = (base: string, to: string, token: string): string => linkWith(visitParameter, token, base, to);

/** A request's query without the link's token: what the visitor is sent on to. */
export const withoutToken = (search: string): string => withoutParameter(search, visitParameter);

/** The token in a request's query; `null` without one. */
export const tokenIn = (search: string): string | null => new URLSearchParams(search).get(visitParameter);
