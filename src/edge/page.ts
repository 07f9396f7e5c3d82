import type { Decision } from "../core/decision.ts";
import type { Acting } from "./acting.ts";
import type { Edge } from "./edge.ts";
import { headerChanges } from "./header-operations.ts";
import type { Visitor } from "./identify.ts";
import { type PageMove, redirection } from "./move.ts";
import type { OriginTarget } from "./origin.ts";
import type { Rendered } from "./rendered.ts";
import { type ResponseExtra, respond } from "./respond.ts";
import type { Way } from "./route.ts";
import { decisionHeaders } from "./tell-origin.ts";
import { Timing } from "./timing.ts";
import { visitCookie } from "./visit-cookie.ts";

/** The page that is being answered. It asks the origin at most once, whatever happens around it. */
export interface Page {
  /** The origin's answer; asks for it the first time. Only the first call can move the page or tell the origin. Never rejects. */
  readonly fetch: (decision?: Decision, move?: PageMove | null) => Promise<Response>;
  /** The origin's answer as it came, with the reason why we stood aside, if there is one to tell. */
  readonly untouched: (bypass?: string) => Promise<Response>;
  /** The origin's answer with nothing but the visitor's cookie beside it, if there is one to set. */
  readonly onlyCookie: (visitor: Visitor) => Promise<Response>;
  /** The `Set-Cookie` of the visit, or `null` when the visitor's cookie says it all already. */
  readonly cookieFor: (visitor: Visitor) => Promise<string | null>;
  /** All that goes into the headers. Known before the body is touched, so that nothing can fail once it is. */
  readonly headersFor: (acting: Acting, setCookie: string | null) => ResponseExtra;
  readonly answered: (rendered: Rendered, headers: ResponseExtra) => Response;
  /** Sends the browser elsewhere; the origin is not asked. */
  readonly redirected: (move: Extract<PageMove, { kind: "redirect" }>, setCookie: string | null) => Response;
}

const nothingExtra: ResponseExtra = {
  setCookie: null,
  bypass: null,
  serverTiming: null,
  personalised: false,
  headers: [],
};

/** Opens the page for a request. */
export function openPage(request: Request, way: Way, edge: Edge): Page {
  const site = siteOf(way);
  const timing = site?.serverTiming === true ? new Timing(edge.now) : null;
  let answer: Promise<Response> | null = null;
  const fetch: Page["fetch"] = (decision, move) => {
    answer ??= ask(request, way, { decision: decision ?? null, move: move ?? null }, timing, edge);
    return answer;
  };
  const told = (how: Parameters<Edge["telemetry"]["answered"]>[1], why: string | null = null): void =>
    edge.telemetry.answered(site?.key ?? "", how, why);
  return {
    fetch,
    untouched: async (bypass) => {
      const reason = bypass ?? bypassOf(way);
      told(reason === null ? "passed" : "bypassed", reason);
      const response = await fetch();
      return reason === null ? response : respond({ response, changed: false }, { ...nothingExtra, bypass: reason });
    },
    onlyCookie: async (visitor) => {
      told("passed");
      const setCookie = await cookieOf(request, way, visitor, edge);
      return respond({ response: await fetch(), changed: false }, { ...nothingExtra, setCookie });
    },
    cookieFor: (visitor) => cookieOf(request, way, visitor, edge),
    headersFor: ({ decision, personalised, canonical }, setCookie) => ({
      ...nothingExtra,
      setCookie,
      headers: headerChanges(decision, (what) => edge.report({ stage: "render", site: site?.key ?? "", what })),
      personalised,
      serverTiming: timing?.said(decision) ?? null,
      linkCanonical: canonical,
    }),
    answered: (rendered, headers) => {
      told(rendered.changed || headers.headers.length > 0 ? "personalised" : "decided");
      return respond(rendered, headers);
    },
    redirected: (move, setCookie) => {
      told("moved");
      return respond(
        { response: redirection(move), changed: false },
        { ...nothingExtra, setCookie, personalised: true },
      );
    },
  };
}

interface Asked {
  readonly decision: Decision | null;
  readonly move: PageMove | null;
}

async function ask(
  request: Request,
  way: Way,
  { decision, move }: Asked,
  timing: Timing | null,
  edge: Edge,
): Promise<Response> {
  if (way.kind === "unknown") return askUnknown(request, way.at.host, edge);
  const { site } = way.live.compiled.release.content;
  const headers =
    decision === null || site.decisionsHeader !== true ? none : await decisionHeaders(decision, site, edge);
  const target: OriginTarget = {
    origin: site.origin,
    timeoutMs: site.originTimeoutMs,
    allowPrivate: edge.allowPrivateOrigins,
    path: move?.kind === "serve" ? move.path : null,
    fullPage: way.kind === "page",
    headers,
  };
  timing?.asked();
  const answer = await edge.origin.send(request, target);
  timing?.answered();
  return answer;
}

const none: OriginTarget["headers"] = [];

/** With no release, the deployment may still know where a host's pages come from; else the request goes where it was going. */
function askUnknown(request: Request, host: string, edge: Edge): Promise<Response> {
  const origin = edge.fallbackOrigin(host);
  if (origin === null) return edge.origin.pass(request);
  return edge.origin.send(request, {
    origin,
    timeoutMs: 30_000,
    allowPrivate: edge.allowPrivateOrigins,
    path: null,
    fullPage: false,
    headers: none,
  });
}

const siteOf = (way: Way) => (way.kind === "unknown" ? null : way.live.compiled.release.content.site);

const bypassOf = (way: Way): string | null => (way.kind === "pass" ? way.bypass : null);

/** The cookie to set, or `null` when the visitor's says it all already. Crawlers get none. */
async function cookieOf(request: Request, way: Way, visitor: Visitor, edge: Edge): Promise<string | null> {
  if (visitor.kind !== "visitor" || visitor.visit === visitor.known) return null;
  if (way.kind !== "page" && way.kind !== "observed") return null;
  return visitCookie(visitor.visit, way.live.compiled.release.content.site, request, edge);
}
