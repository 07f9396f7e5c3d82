import type { Exposure } from "../../core/event.ts";
import { type Enrolments, enrol, isEnrolled, type Visit } from "../../core/visit.ts";
import { textWithin } from "../../http/body.ts";
import { isOwnPage } from "../../http/same-site.ts";
import { urlParts } from "../../http/url-parts.ts";
import type { Edge } from "../edge.ts";
import { emptyEnvelope } from "../emit.ts";
import { identify } from "../identify.ts";
import { visitCookie } from "../visit-cookie.ts";
import { decodeClaim } from "./exposure-token.ts";
import { refuse } from "./refusal.ts";

const mostBodyBytes = 32 * 1024;
const mostTokens = 50;
/** How long after the page was decided its places may be found. */
const latestMs = 60 * 60_000;

/**
 * `POST /_caramel/page` with `{"found": [token, …]}`: on the page of a single-page app, places of these experiences were found.
 *
 * A token says who was given what; it is signed, and good only for the visitor whose cookie comes with it. So a page can make
 * no exposure to anything that its visitor was not given, and none twice. 202 is said when the queue has them.
 */
export async function found(request: Request, edge: Edge): Promise<Response> {
  const live = await edge.sites.find(urlParts(request.url).host, edge.later);
  if (typeof live === "string") return refuse("no_site");
  const { site } = live.compiled.release.content;
  if (!isOwnPage(request, site)) return refuse("foreign_page");
  const tokens = tokensIn(await textWithin(request, mostBodyBytes));
  if (tokens === null) return refuse("malformed");
  const visitor = await identify(request, site, edge);
  if (visitor.kind !== "visitor" || !visitor.counted) return said(0, null);

  const { visit, purposes } = visitor;
  const exposures = await exposuresIn(tokens, visit, edge);
  if (exposures.length === 0) return said(0, null);
  try {
    await edge.events.send([{ ...emptyEnvelope({ visit, purposes }), exposures }]);
  } catch (error) {
    edge.report({ stage: "emit", site: site.key, what: String(error) });
    return refuse("unavailable");
  }
  const enrolled = enrolmentsOf(exposures);
  edge.exposed.remember(visit.visitor, enrolled);
  return said(exposures.length, await visitCookie(enrol(visit, enrolled), site, request, edge));
}

function tokensIn(body: string | null): readonly string[] | null {
  try {
    const { found: tokens } = JSON.parse(body ?? "") as { readonly found?: unknown };
    const isFine = Array.isArray(tokens) && tokens.length <= mostTokens;
    return isFine && tokens.every((token) => typeof token === "string") ? tokens : null;
  } catch {
    return null;
  }
}

async function exposuresIn(tokens: readonly string[], visit: Visit, edge: Edge): Promise<readonly Exposure[]> {
  const texts = await Promise.all([...new Set(tokens)].map((token) => edge.exposureSigner?.open(token) ?? null));
  return texts.flatMap((text) => {
    const claim = text === null ? null : decodeClaim(text);
    if (claim === null || claim.site !== visit.site || claim.visitor !== visit.visitor) return [];
    const { exposure } = claim;
    if (edge.now() - exposure.atMs > latestMs) return [];
    return isEnrolled(visit, exposure.experience, exposure.version) ? [] : [exposure];
  });
}

const enrolmentsOf = (exposures: readonly Exposure[]): Enrolments =>
  Object.fromEntries(exposures.map(({ experience, variant, version }) => [experience, { variant, version }]));

function said(accepted: number, cookie: string | null): Response {
  const headers = new Headers({ "cache-control": "private, no-store" });
  if (cookie !== null) headers.append("set-cookie", cookie);
  return Response.json({ accepted }, { status: 202, headers });
}
