import type { SitePolicy } from "../core/draft.ts";
import { encodeVisit, type Visit } from "../core/visit.ts";
import { setCookie } from "../http/cookie.ts";
import type { Edge } from "./edge.ts";

/** The `Set-Cookie` value that carries a visit; `null` in a deployment without a key to sign it with. */
export async function visitCookie(
  visit: Visit,
  site: SitePolicy,
  request: Request,
  edge: Edge,
): Promise<string | null> {
  if (edge.signer === null) return null;
  return setCookie(site.cookie.name, await edge.signer.sign(encodeVisit(visit)), {
    domain: site.cookie.domain,
    maxAgeSeconds: site.cookie.maxAgeDays * 86_400,
    secure: request.url.startsWith("https:"),
  });
}
