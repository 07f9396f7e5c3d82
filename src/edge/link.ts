import { newVisit, type Visit } from "../core/visit.ts";
import { decodeVisitClaims, tokenIn, withoutToken } from "../core/visit-link.ts";
import type { Edge } from "./edge.ts";
import type { Way } from "./route.ts";
import { visitCookie } from "./visit-cookie.ts";

/**
 * Follows a signed visit link: sets the cookie of the visitor that it names, and sends the browser on to the same page without
 * the token. A link that is not ours, of another site or expired only sends on: the page then shows who they were before.
 */
export async function followLink(request: Request, way: Extract<Way, { kind: "link" }>, edge: Edge): Promise<Response> {
  const { path, search } = way.at;
  // A path that begins with // would send the browser to another host.
  const location = `/${path.replace(/^[/\\]+/, "")}${withoutToken(search)}`;
  const headers = new Headers({ location, "cache-control": "private, no-store", "referrer-policy": "no-referrer" });
  const visit = await visitNamed(way, edge);
  const { site } = way.live.compiled.release.content;
  const cookie = visit === null ? null : await visitCookie(visit, site, request, edge);
  if (cookie !== null) headers.append("set-cookie", cookie);
  return new Response(null, { status: 302, headers });
}

/** The visit that the link's token opens: one that has been here before, so that what is stored of them is read. */
async function visitNamed({ live, at }: Extract<Way, { kind: "link" }>, edge: Edge): Promise<Visit | null> {
  const token = tokenIn(at.search);
  if (token === null || edge.linkSigner === null) return null;
  const text = await edge.linkSigner.open(token);
  const claims = text === null ? null : decodeVisitClaims(text, live.pointer.site, edge.now());
  return claims === null ? null : newVisit(claims.site, claims.visitor, edge.now());
}
