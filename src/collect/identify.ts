import { allowedPurposes } from "../core/consent.ts";
import type { Draft } from "../core/draft.ts";
import { envelopeShape } from "../core/event.ts";
import type { UserId } from "../core/ids.ts";
import { canonicalJson, isObject, type JsonObject } from "../core/json.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { newVisit, type Visit } from "../core/visit.ts";
import { clearedVisit, readConsent, visitCookie } from "../http/visitor-cookies.ts";
import { callerOf } from "./caller.ts";
import { propsIn } from "./event-in.ts";
import { jsonBody } from "./json-body.ts";
import type { CollectPorts } from "./ports.ts";
import { type Refusal, refuse } from "./refusal.ts";
import { isUserId } from "./user-id.ts";

/** What a page says of the account its visitor has logged in to. */
interface Claim {
  readonly user: UserId;
  readonly traits: JsonObject;
}

/**
 * `POST /_caramel/identify`: this visitor is that user. `DELETE`: they have logged out; with `?forget` the browser is
 * somebody new from now on.
 *
 * The claim must carry the site's signature: who can read a page can say anything, but not sign it. The answer tells
 * nothing of the user; the cookie names the visitor that all of the user's devices share.
 */
export async function identify(request: Request, site: Draft, ports: CollectPorts): Promise<Response> {
  if (request.method !== "POST" && request.method !== "DELETE")
    return refuse({ kind: "method", allowed: "POST, DELETE" });
  const caller = await callerOf(request, site, ports);
  if (!caller.ok) return refuse(caller.error);
  if (caller.value.kind === "server") return refuse({ kind: "foreign_page" });
  const { visit } = caller.value;
  if (request.method === "DELETE") return loggedOut(visit, request, site, ports);
  const claim = await claimIn(request, site, ports);
  if (!claim.ok) return refuse(claim.error);
  if (!(await isAllowed(request, site, ports))) return refuse({ kind: "no_consent" });
  return loggedIn(
    claim.value,
    visit ?? newVisit(site.site.key, ports.newVisitorId(), ports.now()),
    request,
    site,
    ports,
  );
}

/** With traits, they are signed too: `<user>` LF `<traits as JSON, keys sorted, no spaces>`. */
async function claimIn(request: Request, site: Draft, ports: CollectPorts): Promise<Result<Claim, Refusal>> {
  const body = await jsonBody(request, ["user", "hmac", "traits"]);
  if (!body.ok) return body;
  const { user, hmac, traits } = body.value;
  if (!isUserId(user)) {
    return fail({
      kind: "malformed",
      why: "user: 1 to 256 characters without spaces; an id of the site's own, no e-mail address.",
    });
  }
  const given = isObject(traits) ? traits : {};
  if (typeof hmac !== "string" || ports.identifyKeys === null) return fail({ kind: "not_signed" });
  const text = traits === undefined ? user : `${user}\n${canonicalJson(given)}`;
  if (!(await ports.identifyKeys.isSigned(site.site.key, text, hmac))) return fail({ kind: "not_signed" });
  const checked = propsIn(traits, null);
  return checked.ok ? ok({ user, traits: checked.value }) : fail({ kind: "malformed", why: checked.error.detail });
}

async function isAllowed({ headers }: Request, { site }: Draft, { signers }: CollectPorts): Promise<boolean> {
  const choice = signers === null ? null : await readConsent(headers.get("cookie"), site, signers.consent);
  return allowedPurposes(site.consent, choice, headers.get("sec-gpc") === "1").personalization;
}

/** The binding is in D1 before the cookie says so; what merging takes is the consumer's, whom the message wakes. */
async function loggedIn(
  { user, traits }: Claim,
  visit: Visit,
  request: Request,
  { site }: Draft,
  { identities, newVisitorId, now, send, setTraits, signers }: CollectPorts,
): Promise<Response> {
  if (signers === null) return refuse({ kind: "no_visitor" });
  const { visitor } = visit;
  const canonical = await identities.bind({ visitor, site: site.key, user, fresh: newVisitorId() }, now());
  const woken = { shape: envelopeShape, site: site.key, user, exposures: [], events: [], refresh: true } as const;
  await send([{ ...woken, visitor }, ...(canonical === visitor ? [] : [{ ...woken, visitor: canonical }])]);
  if (Object.keys(traits).length > 0) await setTraits(canonical, site.key, traits);
  const known: Visit =
    canonical === visitor ? { ...visit, user } : { ...visit, user, visitor: canonical, enrolled: {} };
  return withCookies({ identified: true }, [await visitCookie(known, site, request, signers.visit)]);
}

/** The visitor stays who they are: their assignments survive logout. A shared computer asks for `?forget`. */
async function loggedOut(
  visit: Visit | null,
  request: Request,
  { site }: Draft,
  { signers }: CollectPorts,
): Promise<Response> {
  if (visit === null || signers === null) return Response.json({ identified: false });
  const forget = URL.parse(request.url)?.searchParams.has("forget") === true;
  const cookies = forget
    ? clearedVisit(site, request)
    : [await visitCookie({ ...visit, user: null }, site, request, signers.visit)];
  return withCookies({ identified: false }, cookies);
}

function withCookies(body: JsonObject, cookies: readonly string[]): Response {
  const headers = new Headers({ "cache-control": "private, no-store" });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return Response.json(body, { headers });
}
