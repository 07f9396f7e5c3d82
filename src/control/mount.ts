import type { Context, Hono } from "hono";
import { isKey, type SiteKey } from "../core/ids.ts";
import { sameOrigin } from "../http/same-origin.ts";
import { type Action, mayDo, type Principal } from "./access.ts";
import { audited, type Deed } from "./audited.ts";
import type { Call, Endpoint, GeneralEndpoint } from "./endpoint.ts";
import type { ControlPorts } from "./ports.ts";
import { refuse } from "./refusal.ts";
import { onceByKey } from "./replay.ts";

/** What the middleware has found out. */
export interface Variables {
  readonly principal: Principal;
}

export type ControlApp = Hono<{ Variables: Variables }>;
type Here = Context<{ Variables: Variables }>;

/** Enters an endpoint of a site into the app, through the one gate. */
export function mountSite(app: ControlApp, endpoint: Endpoint, ports: ControlPorts): void {
  app.on(endpoint.method, endpoint.path, async (context) => {
    const { site = "" } = context.req.param() as Readonly<Record<string, string>>;
    const principal = context.get("principal");
    if (!mayDo(principal, endpoint.action, site as SiteKey)) return refuse({ kind: "forbidden" });
    if (!isKey(site)) return refuse({ kind: "not_found", what: "A site's key has small letters, digits, - and _." });
    const act = (call: Call) => endpoint.handle({ ...call, site: site as SiteKey }, ports);
    return carryOut(context, endpoint, site as SiteKey, act, ports);
  });
}

/** Enters an endpoint of the deployment. */
export function mountGeneral(app: ControlApp, endpoint: GeneralEndpoint, ports: ControlPorts): void {
  app.on(endpoint.method, endpoint.path, async (context) => {
    const { action } = endpoint;
    if (action !== "anyone" && !mayDo(context.get("principal"), action, null)) return refuse({ kind: "forbidden" });
    return carryOut(context, endpoint, null, (call) => endpoint.handle(call, ports), ports);
  });
}

/** Once for each idempotency key, and between two rows of the audit if it changes something or looks at somebody. */
async function carryOut(
  context: Here,
  endpoint: Endpoint | GeneralEndpoint,
  site: SiteKey | null,
  act: (call: Call) => Promise<Response>,
  ports: ControlPorts,
): Promise<Response> {
  const principal = context.get("principal");
  const params: Readonly<Record<string, string>> = context.req.param();
  const looks = endpoint.looksAtVisitor?.(new URL(context.req.url)) === true;
  const reason = context.req.query("reason")?.trim() ?? "";
  if (looks && !mayDo(principal, "visitors", site)) return refuse({ kind: "forbidden" });
  if (looks && isLed(context.req.raw)) return refuse({ kind: "cross_site" });
  if (looks && !isReason(reason)) return refuse({ kind: "malformed", why: sayWhy });
  const once = async (request: Request): Promise<Response> => {
    const call = (note: Call["note"]) => act({ request, principal, params, note });
    if (endpoint.method === "GET" && !looks) return call(() => undefined);
    const deed = { principal, site, request, action: actionOf(endpoint), subject: await subjectOf(context, ports) };
    const isRead = endpoint.method === "GET";
    return audited({ ...deed, reason: looks ? reason : null, isRead, isUrgent: isUrgent(endpoint) }, ports, call);
  };
  const { raw } = context.req;
  const isRepeatable = isUrgent(endpoint) || endpoint.repeated === "harmless";
  return isRepeatable ? once(raw) : onceByKey(raw, principal, endpoint.repeated === "refused", ports, once);
}

/** A look is written down, so that another site's link must not make somebody take one. */
const isLed = (request: Request): boolean => !request.headers.has("authorization") && sameOrigin(request) === "no";

const sayWhy = "Say why you look at a visitor: &reason=… (3 to 300 characters). It is written into the audit.";
const isReason = (text: string): boolean => text.length >= 3 && text.length <= 300;

/** The kill switch: nothing may stand before it that needs D1. */
const isUrgent = ({ action }: { readonly action: Action | "anyone" }): boolean => action === "kill";

const actionOf = ({ action }: Endpoint | GeneralEndpoint): Deed["action"] => action;

const subjectCharacters = 300;
/** Somebody may paste a token where its id belongs. */
const wholeToken = /crml_([a-z0-9]{12})_[\w-]*/g;

/**
 * Method and address. A visitor is named by the hash of their id: the audit is never erased from, and they may ask to be
 * forgotten.
 */
async function subjectOf({ req }: Here, { digest }: Pick<ControlPorts, "digest">): Promise<string> {
  const visitor = req.param("visitor") ?? req.query("visitor");
  const path = req.path
    .replace(/^\/_caramel\/api\/v1/, "")
    .replace(wholeToken, "$1")
    .slice(0, subjectCharacters);
  if (visitor === undefined) return `${req.method} ${path}`;
  const named = `visitor~${(await digest(visitor)).slice(0, 16)}`;
  const subject = path.includes(visitor) ? path.replace(visitor, named) : `${path}?${named}`;
  return `${req.method} ${subject}`;
}
