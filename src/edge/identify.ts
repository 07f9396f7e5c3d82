import { isbot } from "isbot";
import type { SitePolicy } from "../core/draft.ts";
import type { VisitorId } from "../core/ids.ts";
import { continueVisit, decodeVisit, enrol, newVisit, type Visit } from "../core/visit.ts";
import { cookieValues } from "../http/cookie.ts";
import type { Signer } from "../http/signed.ts";
import type { Edge } from "./edge.ts";

/** Who is asking, resolved once per request. */
export type Visitor =
  | {
      readonly kind: "visitor";
      /** The visit as the cookie told it, or `null` for somebody new (or whose cookie was not ours). */
      readonly known: Visit | null;
      /** The visit with this page. Its visitor id is what is hashed and what the cookie will say. */
      readonly visit: Visit;
      /** False for prefetches and prerenders: served like anyone, never counted. */
      readonly counted: boolean;
    }
  /** A crawler: one stable page, no cookie, never counted. */
  | { readonly kind: "bot"; readonly visit: Visit }
  /** Nobody may or can be recognised: they get the origin's page, and nothing is stored. */
  | { readonly kind: "declined"; readonly why: "gpc" | "consent" | "no-key" | "bot" };

/** A cookie longer than this was not written by us; nothing longer is even looked at. */
const mostCookieBytes = 2_000;

/** All crawlers are one visitor, so that each sees the same page every time, and the same as the others. */
const botId = "crawler-0000000000000000" as VisitorId;

/** Reads the visit cookie. Tampered, foreign, duplicate and overlong cookies are somebody new, never an error. */
export async function identify(request: Request, site: SitePolicy, edge: Edge): Promise<Visitor> {
  const { headers } = request;
  const nowMs = edge.now();
  if (site.consent === "required") return { kind: "declined", why: "consent" };
  if (headers.get("sec-gpc") === "1") return { kind: "declined", why: "gpc" };
  if (edge.signer === null) return { kind: "declined", why: "no-key" };
  const known = await knownVisit(headers.get("cookie"), site, edge.signer);
  if (known === null && isbot(headers.get("user-agent") ?? "")) {
    if (site.bots === "exclude") return { kind: "declined", why: "bot" };
    return { kind: "bot", visit: newVisit(site.key, botId, nowMs) };
  }
  const visit =
    known === null
      ? newVisit(site.key, edge.newVisitorId(), nowMs)
      : enrol(continueVisit(known, nowMs), edge.exposed.recall(known.visitor));
  return { kind: "visitor", known, visit, counted: !isSpeculative(headers) };
}

/** Whether a person sees this page now, so that it may count. */
export const isSeen = (visitor: Visitor): boolean => visitor.kind === "visitor" && visitor.counted;

async function knownVisit(header: string | null, { key, cookie }: SitePolicy, signer: Signer): Promise<Visit | null> {
  if (header === null) return null;
  const values = cookieValues(header, cookie.name);
  const value = values[0];
  if (value === undefined || values.length > 1 || value.length > mostCookieBytes) return null;
  const text = await signer.open(value);
  return text === null ? null : decodeVisit(text, key);
}

/** How browsers say that they fetch ahead: the standard's header first, then what they said before it. */
const aheadHeaders = ["sec-purpose", "purpose", "x-purpose", "x-moz"];

/** The browser fetches ahead: nobody has seen anything yet. */
const isSpeculative = (headers: Headers): boolean =>
  aheadHeaders.some((name) => /prefetch|prerender|preview/i.test(headers.get(name) ?? ""));
