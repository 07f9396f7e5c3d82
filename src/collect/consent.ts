import { allowedPurposes, type ConsentChoice, isAnyAllowed, purposesIn } from "../core/consent.ts";
import type { Draft } from "../core/draft.ts";
import { newVisit, type Visit } from "../core/visit.ts";
import { clearedVisit, consentCookie, readConsent, visitCookie } from "../http/visitor-cookies.ts";
import { callerOf } from "./caller.ts";
import { jsonBody } from "./json-body.ts";
import type { CollectPorts } from "./ports.ts";
import { refuse } from "./refusal.ts";

/**
 * `GET /_caramel/consent`: what is allowed now, and whether the visitor has said so. `POST`: what they say,
 * `{"analytics": true, "personalization": false}`; a purpose that is not named is denied.
 *
 * Whoever allows something gets a visit cookie if they have none; whoever denies everything loses it.
 */
export async function consent(request: Request, site: Draft, ports: CollectPorts): Promise<Response> {
  if (request.method === "GET") return told(request, site, ports);
  if (request.method !== "POST") return refuse({ kind: "method", allowed: "GET, POST" });
  const caller = await callerOf(request, site, ports);
  if (!caller.ok) return refuse(caller.error);
  if (caller.value.kind === "server") return refuse({ kind: "foreign_page" });
  const body = await jsonBody(request, ["analytics", "personalization"]);
  if (!body.ok) return refuse(body.error);
  const purposes = purposesIn(body.value);
  if (purposes === null) return refuse({ kind: "malformed", why: "analytics and personalization: true or false." });

  const despiteGpc = request.headers.get("sec-gpc") === "1";
  const choice: ConsentChoice = { ...purposes, atMs: ports.now(), despiteGpc };
  const { visit } = caller.value;
  if (visit !== null) {
    await ports.privacy.setConsent({ visitor: visit.visitor, site: site.site.key }, purposes, choice.atMs);
  }
  return answered(choice, await cookiesFor(choice, visit, request, site, ports));
}

async function told(request: Request, { site }: Draft, { signers }: CollectPorts): Promise<Response> {
  const header = request.headers.get("cookie");
  const choice = signers === null ? null : await readConsent(header, site, signers.consent);
  const purposes = allowedPurposes(site.consent, choice, request.headers.get("sec-gpc") === "1");
  return Response.json({ ...purposes, said: choice !== null }, { headers: { "cache-control": "private, no-store" } });
}

async function cookiesFor(
  choice: ConsentChoice,
  visit: Visit | null,
  request: Request,
  { site }: Draft,
  { signers, newVisitorId }: CollectPorts,
): Promise<string[]> {
  if (signers === null) return [];
  const cookies = [await consentCookie(choice, site, request, signers.consent)];
  if (!isAnyAllowed(choice)) return [...cookies, ...clearedVisit(site, request)];
  if (visit !== null) return cookies;
  const fresh = newVisit(site.key, newVisitorId(), choice.atMs);
  return [...cookies, await visitCookie(fresh, site, request, signers.visit)];
}

function answered({ analytics, personalization }: ConsentChoice, cookies: readonly string[]): Response {
  const headers = new Headers({ "cache-control": "private, no-store" });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return Response.json({ analytics, personalization, said: true }, { headers });
}
