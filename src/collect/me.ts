import type { Draft } from "../core/draft.ts";
import { envelopeShape } from "../core/event.ts";
import type { Visit } from "../core/visit.ts";
import { clearedCookie, clearedVisit, consentCookieName, readConsent } from "../http/visitor-cookies.ts";
import { callerOf } from "./caller.ts";
import type { CollectPorts } from "./ports.ts";
import { refuse } from "./refusal.ts";

/**
 * `GET /_caramel/me`: everything held of the visitor, as JSON. `DELETE`: all of it is erased, in D1, in KV, in the browser,
 * and what is still on its way is dropped when it arrives.
 *
 * Who asks is told by the signed cookie alone: nobody can ask about another.
 */
export async function me(request: Request, site: Draft, ports: CollectPorts): Promise<Response> {
  if (request.method !== "GET" && request.method !== "DELETE")
    return refuse({ kind: "method", allowed: "GET, DELETE" });
  const caller = await callerOf(request, site, ports);
  if (!caller.ok) return refuse(caller.error);
  if (caller.value.kind === "server") return refuse({ kind: "foreign_page" });
  const { visit } = caller.value;
  return request.method === "GET" ? exported(visit, request, site, ports) : erased(visit, request, site, ports);
}

async function exported(
  visit: Visit | null,
  request: Request,
  { site }: Draft,
  { privacy, signers }: CollectPorts,
): Promise<Response> {
  const consent = signers === null ? null : await readConsent(request.headers.get("cookie"), site, signers.consent);
  const held = visit === null ? null : await privacy.holdings({ visitor: visit.visitor, site: site.key });
  return Response.json(
    { site: site.key, cookies: { visit, consent }, held },
    {
      headers: {
        "cache-control": "private, no-store",
        "content-disposition": `attachment; filename="${site.key}-my-data.json"`,
        "x-content-type-options": "nosniff",
      },
    },
  );
}

/** A refusal stays in its cookie, which names nobody: to be forgotten is not to be followed again. */
async function erased(
  visit: Visit | null,
  request: Request,
  { site }: Draft,
  { now, privacy, send, signers }: CollectPorts,
): Promise<Response> {
  if (visit !== null) {
    const who = { visitor: visit.visitor, site: site.key };
    await privacy.erase(who, now());
    // Comes after all that is on its way now, and takes away what a consumer may be writing near the visitor at this moment.
    await send([{ shape: envelopeShape, ...who, user: null, exposures: [], events: [], refresh: true }]);
  }
  const consent = signers === null ? null : await readConsent(request.headers.get("cookie"), site, signers.consent);
  const headers = new Headers({ "cache-control": "private, no-store" });
  for (const cookie of clearedVisit(site, request)) headers.append("set-cookie", cookie);
  if (consent?.analytics && consent.personalization) {
    headers.append("set-cookie", clearedCookie(consentCookieName(site), site, request));
  }
  return Response.json({ erased: visit !== null }, { headers });
}
