import type { CompiledRoute } from "../core/compile.ts";
import { visitParameter } from "../core/visit-link.ts";
import { type UrlParts, urlParts } from "../http/url-parts.ts";
import type { Edge } from "./edge.ts";
import type { Live, NoRelease } from "./live.ts";

/** Where a request goes. */
export type Way =
  /** No release is known for the host: as if we were not there. */
  | { readonly kind: "unknown"; readonly why: NoRelease; readonly at: UrlParts }
  /** Two releases are live: which of them this visitor gets is found out first. */
  | { readonly kind: "staged"; readonly live: Live; readonly at: UrlParts }
  /** No live experience can touch it, and nobody watches. */
  | { readonly kind: "pass"; readonly live: Live; readonly bypass: string | null; readonly at: UrlParts }
  /** A signed link that opens the site as a certain visitor. */
  | { readonly kind: "link"; readonly live: Live; readonly at: UrlParts }
  /** No experience acts here, but rules make events of what passes. */
  | { readonly kind: "observed"; readonly live: Live; readonly route: CompiledRoute; readonly at: UrlParts }
  | { readonly kind: "page"; readonly live: Live; readonly route: CompiledRoute; readonly at: UrlParts };

/** Finds the site by host and what may happen by method, path and query. Waits only in a cold isolate. Never rejects. */
export async function routeOf(request: Request, edge: Edge): Promise<Way> {
  const at = urlParts(request.url);
  const found = edge.sites.find(at.host, edge.later);
  // Awaiting what is already there would cost every request a turn of the event loop.
  const live = found instanceof Promise ? await found : found;
  if (typeof live === "string") return { kind: "unknown", why: live, at };
  if (live.pointer.killed) return { kind: "pass", live, bypass: "killed", at };
  if (live.staged !== undefined) return { kind: "staged", live, at };
  if (!live.compiled.release.content.site.enabled) return { kind: "pass", live, bypass: "disabled", at };
  if (at.search.includes(`${visitParameter}=`)) return { kind: "link", live, at };
  if (request.headers.get("upgrade") !== null) return { kind: "pass", live, bypass: null, at };
  // A HEAD request asks for the headers that GET would get, so it is decided like one.
  const method = request.method === "HEAD" ? "GET" : request.method;
  const route = live.compiled.routeOf(method, at.path, at.search);
  if (route === null) return { kind: "pass", live, bypass: null, at };
  return { kind: route.experiences.length === 0 ? "observed" : "page", live, route, at };
}
