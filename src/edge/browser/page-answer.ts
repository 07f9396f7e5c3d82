import { decide } from "../../core/decide.ts";
import type { Decision } from "../../core/decision.ts";
import type { PageAnswer, PagePart } from "../../core/page-operation.ts";
import { isOwnPage } from "../../http/same-site.ts";
import type { Edge } from "../edge.ts";
import { exposureOf, type Happened, mayCount } from "../emit.ts";
import { identify, isSeen } from "../identify.ts";
import { readProfile } from "../profile.ts";
import { routeOf, type Way } from "../route.ts";
import { subjectOf } from "../subject.ts";
import { visitCookie } from "../visit-cookie.ts";
import { encodeClaim } from "./exposure-token.ts";
import { operationsOf } from "./page-operations.ts";
import { refuse } from "./refusal.ts";

/** Longer paths are nobody's. */
const mostPathCharacters = 4000;

/** Nothing of ours concerns the page, or the visitor does not want it. */
const nothing: PageAnswer = { parts: [] };

/**
 * `GET /_caramel/page?path=…`: what a single-page app's new page gets for this visitor, decided as if they had loaded it. Only
 * what can be done to a page that is there: no moves, no headers, no JSON.
 *
 * The answer tells what to do, never why. A page of another site is refused; whoever is not personalised gets nothing to do.
 */
export async function pageAnswer(request: Request, edge: Edge): Promise<Response> {
  const asked = pageAsked(request);
  if (asked === null) return refuse("path");
  const way = await routeOf(asked, edge);
  if (way.kind === "unknown") return refuse("no_site");
  if (!isOwnPage(request, way.live.compiled.release.content.site)) return refuse("foreign_page");
  return way.kind === "page" ? answered(asked, way, edge) : said(nothing, null);
}

/** The request that a browser would have made for the page, with the visitor's cookie and all else that decisions read. */
function pageAsked(request: Request): Request | null {
  const { origin, searchParams } = new URL(request.url);
  const path = searchParams.get("path") ?? "";
  if (!path.startsWith("/") || path.length > mostPathCharacters) return null;
  // Joined as text: as a relative URL, `//evil.example/` would be another host.
  return new Request(`${origin}${path.replace(/#.*/s, "")}`, request);
}

async function answered(asked: Request, way: Extract<Way, { kind: "page" }>, edge: Edge): Promise<Response> {
  const { compiled } = way.live;
  const { site } = compiled.release.content;
  const visitor = await identify(asked, site, edge);
  if (visitor.kind !== "visitor") return said(nothing, null);
  const reading = await readProfile(visitor, way.route, compiled, edge);
  const decision = decide(compiled, way.route, subjectOf(asked, way, visitor, reading, edge));
  const { visit } = visitor;
  const happened = { decision, visit, reading, route: way.route, isSeen: isSeen(visitor) };
  const cookie = visit === visitor.known ? null : await visitCookie(visit, site, asked, edge);
  return said({ parts: await partsOf(decision, happened, edge) }, cookie);
}

type Here = Pick<Happened, "decision" | "visit" | "reading" | "route" | "isSeen">;

/** From the lowest priority to the highest, as pages are rendered: the last word is the highest one's. */
async function partsOf(decision: Decision, here: Here, edge: Edge): Promise<readonly PagePart[]> {
  const atMs = edge.now();
  const failed = (what: string) => edge.report({ stage: "render", site: here.visit.site, what });
  const parts = decision.given.toReversed().map(async (given): Promise<PagePart> => {
    const { site, visitor } = here.visit;
    const operations = operationsOf(given, decision, failed);
    if (!here.isSeen || !mayCount(given, here) || !edge.exposureSigner) return { watch: [], operations };
    const claim = encodeClaim({ site, visitor, exposure: exposureOf(given, here, atMs) });
    return { token: await edge.exposureSigner.sign(claim), watch: given.plan.watchedSelectors, operations };
  });
  const all = await Promise.all(parts);
  return all.filter(({ watch, operations }) => watch.length + operations.length > 0);
}

function said(answer: PageAnswer, cookie: string | null): Response {
  const headers = new Headers({ "cache-control": "private, no-store" });
  if (cookie !== null) headers.append("set-cookie", cookie);
  return Response.json(answer, { headers });
}
