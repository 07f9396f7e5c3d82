import type { SitePolicy } from "../core/draft.ts";
import type { Visit } from "../core/visit.ts";
import { visitCookie as signedVisitCookie } from "../http/visitor-cookies.ts";
import type { Edge } from "./edge.ts";

/** The `Set-Cookie` value that carries a visit; `null` in a deployment without a key to sign it with. */
export async function visitCookie(
  visit: Visit,
  site: SitePolicy,
  request: Request,
  edge: Edge,
): Promise<string | null> {
  if (edge.signer === null) return null;
  return signedVisitCookie(visit, site, request, edge.signer);
}
