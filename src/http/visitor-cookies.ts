import { type ConsentChoice, decodeConsent, encodeConsent } from "../core/consent.ts";
import type { SitePolicy } from "../core/draft.ts";
import type { Happening } from "../core/happening.ts";
import type { VisitorId } from "../core/ids.ts";
import { decodeSaid, encodeSaid, type Said } from "../core/said.ts";
import { decodeVisit, encodeVisit, sessionGapMs, type Visit } from "../core/visit.ts";
import { setCookie } from "./cookie.ts";
import type { Signer } from "./signed.ts";
import { openCookie } from "./signed-cookie.ts";

/** What signs the cookies of ours that a site's visitors carry: who they are (and what they did), and what they allow. */
export interface CookieSigners {
  readonly visit: Signer;
  readonly consent: Signer;
}

/** The cookie that holds what a visitor allows: it names nobody, and is there for those who refused too. */
export const consentCookieName = ({ cookie }: SitePolicy): string => `${cookie.name}_consent`;

/** The visit that the cookie tells of; `null` for somebody new, and for every cookie that is not exactly ours. */
export async function readVisit(header: string | null, site: SitePolicy, signer: Signer): Promise<Visit | null> {
  const text = await openCookie(header, site.cookie.name, signer);
  return text === null ? null : decodeVisit(text, site.key);
}

/** What the visitor has said; `null` when they have not, or not here. */
export async function readConsent(
  header: string | null,
  site: SitePolicy,
  signer: Signer,
): Promise<ConsentChoice | null> {
  const text = await openCookie(header, consentCookieName(site), signer);
  return text === null ? null : decodeConsent(text, site.key);
}

/** The cookie that holds what the visitor's pages said happened, until their next page. */
export const saidCookieName = ({ cookie }: SitePolicy): string => `${cookie.name}_said`;

/** What this visitor's pages said; nothing without the cookie, or when it is not ours or another visitor's. */
export async function readSaid(
  header: string | null,
  site: SitePolicy,
  visitor: VisitorId,
  signer: Signer,
): Promise<readonly Happening[]> {
  const name = saidCookieName(site);
  const text = header?.includes(name) === true ? await openCookie(header, name, signer) : null;
  return text === null ? [] : decodeSaid(text, { site: site.key, visitor });
}

const isSecure = (request: Request): boolean => request.url.startsWith("https:");

/** The `Set-Cookie` value that carries a visit. */
export async function visitCookie(visit: Visit, site: SitePolicy, request: Request, signer: Signer): Promise<string> {
  return written(site.cookie.name, await signer.sign(encodeVisit(visit)), site, request);
}

/** The `Set-Cookie` value that carries what pages said. It ends with the session at the latest. */
export async function saidCookie(said: Said, site: SitePolicy, request: Request, signer: Signer): Promise<string> {
  const value = await signer.sign(encodeSaid(said));
  const { domain } = site.cookie;
  return setCookie(saidCookieName(site), value, {
    domain,
    maxAgeSeconds: sessionGapMs / 1000,
    secure: isSecure(request),
  });
}

/** What takes away the cookies that say who the visitor is and what their pages said. */
export function clearedVisit(site: SitePolicy, request: Request): readonly string[] {
  const said = saidCookieName(site);
  const hasSaid = request.headers.get("cookie")?.includes(said) === true;
  return [site.cookie.name, ...(hasSaid ? [said] : [])].map((name) => clearedCookie(name, site, request));
}

/** The `Set-Cookie` value that carries a choice. */
export async function consentCookie(
  choice: ConsentChoice,
  site: SitePolicy,
  request: Request,
  signer: Signer,
): Promise<string> {
  return written(consentCookieName(site), await signer.sign(encodeConsent(site.key, choice)), site, request);
}

/** The `Set-Cookie` value that takes a cookie of ours away. */
export const clearedCookie = (name: string, { cookie }: SitePolicy, request: Request): string =>
  setCookie(name, "", { domain: cookie.domain, maxAgeSeconds: 0, secure: isSecure(request) });

const written = (name: string, value: string, { cookie }: SitePolicy, request: Request): string =>
  setCookie(name, value, {
    domain: cookie.domain,
    maxAgeSeconds: cookie.maxAgeDays * 86_400,
    secure: isSecure(request),
  });
