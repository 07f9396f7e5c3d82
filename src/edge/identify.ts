import { isbot } from "isbot";
import { allowedPurposes, noPurpose, type Purposes } from "../core/consent.ts";
import type { SitePolicy } from "../core/draft.ts";
import type { VisitorId } from "../core/ids.ts";
import { continueVisit, enrol, knowing, newVisit, type Visit } from "../core/visit.ts";
import { consentCookieName, readConsent, readSaid, readVisit } from "../http/visitor-cookies.ts";
import type { Edge } from "./edge.ts";

/** Who is asking, resolved once per request. */
export type Visitor =
  | {
      readonly kind: "visitor";
      /** The visit as the cookie told it, or `null` for somebody new (or whose cookie was not ours). */
      readonly known: Visit | null;
      /** The visit with this page. Its visitor id is what is hashed and what the cookie will say. */
      readonly visit: Visit;
      /** False for prefetches and prerenders, and where analytics is denied: served like anyone, never counted. */
      readonly counted: boolean;
      /** What the visitor allows; personalization is among it. */
      readonly purposes: Purposes;
    }
  /** A crawler: one stable page, no cookie, never counted. */
  | { readonly kind: "bot"; readonly visit: Visit; readonly purposes: Purposes }
  /** Nobody may or can be recognised: they get the origin's page, and nothing is stored. */
  | { readonly kind: "declined"; readonly why: "gpc" | "consent" | "no-key" | "bot" };

/** All crawlers are one visitor, so that each sees the same page every time, and the same as the others. */
export const botId = "crawler-0000000000000000" as VisitorId;

/** Reads the visit cookie. Tampered, foreign, duplicate and overlong cookies are somebody new, never an error. */
export async function identify(request: Request, site: SitePolicy, edge: Edge): Promise<Visitor> {
  const { headers } = request;
  const nowMs = edge.now();
  const hasGpc = headers.get("sec-gpc") === "1";
  const purposes = await purposesOf(headers.get("cookie"), hasGpc, site, edge);
  if (!purposes.personalization) return { kind: "declined", why: hasGpc ? "gpc" : "consent" };
  if (edge.signer === null) return { kind: "declined", why: "no-key" };
  const known = await readVisit(headers.get("cookie"), site, edge.signer);
  if (known === null && isbot(headers.get("user-agent") ?? "")) {
    if (site.bots === "exclude") return { kind: "declined", why: "bot" };
    return { kind: "bot", visit: newVisit(site.key, botId, nowMs), purposes: noPurpose };
  }
  if (known === null) {
    const visit = newVisit(site.key, edge.newVisitorId(), nowMs);
    return { kind: "visitor", known, visit, counted: purposes.analytics && !isSpeculative(headers), purposes };
  }
  const said = await readSaid(headers.get("cookie"), site, known.visitor, edge.signer);
  const visit = enrol(knowing(continueVisit(known, nowMs), said), edge.exposed.recall(known.visitor));
  return { kind: "visitor", known, visit, counted: purposes.analytics && !isSpeculative(headers), purposes };
}

/** Whether a person sees this page now, so that it may count. */
export const isSeen = (visitor: Visitor): boolean => visitor.kind === "visitor" && visitor.counted;

/** Most visitors have said nothing: then there is no second cookie, and nothing to verify. */
async function purposesOf(
  cookies: string | null,
  hasGpc: boolean,
  site: SitePolicy,
  { consentSigner }: Edge,
): Promise<Purposes> {
  const hasSaid = cookies?.includes(consentCookieName(site)) === true;
  const choice = hasSaid && consentSigner ? await readConsent(cookies, site, consentSigner) : null;
  return allowedPurposes(site.consent, choice, hasGpc);
}

/** How browsers say that they fetch ahead: the standard's header first, then what they said before it. */
const aheadHeaders = ["sec-purpose", "purpose", "x-purpose", "x-moz"];

/** The browser fetches ahead: nobody has seen anything yet. */
const isSpeculative = (headers: Headers): boolean =>
  aheadHeaders.some((name) => /prefetch|prerender|preview/i.test(headers.get(name) ?? ""));
