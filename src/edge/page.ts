import type { Decision } from "../core/decision.ts";
import type { Edge } from "./edge.ts";
import type { Visitor } from "./identify.ts";
import type { OriginTarget } from "./origin.ts";
import { type HeaderChange, type ResponseExtra, respond } from "./respond.ts";
import type { Way } from "./route.ts";
import { visitCookie } from "./visit-cookie.ts";

/** The page that is being answered. It asks the origin at most once, whatever happens around it. */
export interface Page {
  /** The origin's answer; asks for it the first time. Only the first call's decision can move the page. */
  readonly fetch: (decision?: Decision) => Promise<Response>;
  /** The origin's answer as it came, with the reason why we stood aside, if there is one to tell. */
  readonly untouched: (bypass?: string) => Promise<Response>;
  /** The origin's answer with nothing but the visitor's cookie beside it, if there is one to set. */
  readonly onlyCookie: (visitor: Visitor) => Promise<Response>;
  /** All that goes into the headers. Known before the body is touched, so that nothing can fail once it is. */
  readonly headersFor: (decision: Decision, visitor: Visitor) => Promise<ResponseExtra>;
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
  const startedMs = edge.now();
  let answer: Promise<Response> | null = null;
  const fetch = (decision?: Decision): Promise<Response> => {
    answer ??= ask(request, way, decision ?? null, edge);
    return answer;
  };
  return {
    fetch,
    untouched: async (bypass) => {
      const reason = bypass ?? bypassOf(way);
      const response = await fetch();
      return reason === null ? response : respond({ response, changed: false }, { ...nothingExtra, bypass: reason });
    },
    onlyCookie: async (visitor) => {
      const setCookie = await cookieOf(request, way, visitor, edge);
      return respond({ response: await fetch(), changed: false }, { ...nothingExtra, setCookie });
    },
    headersFor: async (decision, visitor) => ({
      ...nothingExtra,
      setCookie: await cookieOf(request, way, visitor, edge),
      headers: headersOf(decision),
      // Nothing was given to this visitor, but to the next one it may be: no cache may answer for us.
      personalised: true,
      serverTiming: serverTimingOf(way, startedMs, decision, edge),
    }),
  };
}

function ask(request: Request, way: Way, decision: Decision | null, edge: Edge): Promise<Response> {
  if (way.kind === "unknown") return askUnknown(request, way.at.host, edge);
  const { origin, originTimeoutMs } = way.live.compiled.release.content.site;
  const target: OriginTarget = {
    origin,
    timeoutMs: originTimeoutMs,
    allowPrivate: edge.allowPrivateOrigins,
    path: servedPath(decision),
    fullPage: way.kind === "page",
    headers: [],
  };
  return edge.origin.send(request, target);
}

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
    headers: [],
  });
}

/** The path that a decision serves under the visitor's URL, or `null` for the one they asked for. */
function servedPath(decision: Decision | null): string | null {
  const move = decision?.given.find(({ plan }) => plan.move !== null)?.plan.move ?? null;
  return move?.kind === "serve" ? move.path : null;
}

const bypassOf = (way: Way): string | null => (way.kind === "pass" ? way.bypass : null);

/** The cookie to set, or `null` when the visitor's says it all already. Crawlers get none. */
async function cookieOf(request: Request, way: Way, visitor: Visitor, edge: Edge): Promise<string | null> {
  if ((way.kind !== "page" && way.kind !== "watch") || visitor.kind !== "visitor" || visitor.visit === visitor.known)
    return null;
  return visitCookie(visitor.visit, way.live.compiled.release.content.site, request, edge);
}

/** Response headers that the decision sets, lowest precedence first, so that the highest is written last. */
function headersOf({ given, scope }: Decision): readonly HeaderChange[] {
  return given
    .toReversed()
    .flatMap(({ plan }) =>
      plan.headers.map(({ action, header, value }) => [action, header, value === null ? null : value(scope)] as const),
    );
}

function serverTimingOf(way: Way, startedMs: number, { given }: Decision, edge: Edge): string | null {
  if (way.kind !== "page" || !way.live.compiled.release.content.site.serverTiming) return null;
  const what = given.map(({ experience, variant }) => `${experience}=${variant}`).join(" ");
  return `caramel;dur=${edge.now() - startedMs};desc="${what}"`;
}
