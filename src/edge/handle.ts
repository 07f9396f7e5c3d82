import { decide } from "../core/decide.ts";
import { actingOn, asPromised, certainIn, isTouched } from "./acting.ts";
import { withClient } from "./browser/tag.ts";
import type { Edge } from "./edge.ts";
import { emit } from "./emit.ts";
import { identify, isSeen } from "./identify.ts";
import { followLink } from "./link.ts";
import { moveOf } from "./move.ts";
import { noEvents, openObserver } from "./observe.ts";
import { leaveObserved, observedPage } from "./observed-page.ts";
import { openPage } from "./page.ts";
import { readProfile } from "./profile.ts";
import { render } from "./render.ts";
import { nothingFound } from "./render-outcome.ts";
import { routeOf } from "./route.ts";
import { edgeFor } from "./staged.ts";
import { subjectOf } from "./subject.ts";

/**
 * A request's whole way. What each stage may read and change, and how it fails, is in docs/life-of-a-request.md.
 *
 * Whatever fails on our side, the visitor gets the origin's page: `page` asks the origin once, and everything else of ours
 * happens beside it.
 */
export async function handle(request: Request, edge: Edge): Promise<Response> {
  const way = await routeOf(request, edge);
  if (way.kind === "staged") return handle(request, await edgeFor(request, way.live, edge));
  if (way.kind === "link") return followLink(request, way, edge);
  if (way.kind === "observed") return observedPage(request, way, edge);
  const page = openPage(request, way, edge);
  if (way.kind !== "page") return page.untouched();

  const { live, route } = way;
  const site = live.compiled.release.content.site;
  const observe = openObserver(request, route.observes, way.at.search, edge);
  try {
    if (!route.mayMove && site.decisionsHeader !== true) void page.fetch(); // beside the profile, not after it
    const visitor = await identify(request, site, edge);
    if (visitor.kind === "declined") return await page.untouched(visitor.why);

    const reading = await readProfile(visitor, route, live.compiled, edge); // never later than its deadline
    const subject = subjectOf(request, way, visitor, reading, edge);
    const decision = decide(live.compiled, route, subject);
    const move = moveOf(decision, way, request, edge);
    const seen = {
      decision,
      recordable: { subject, audiences: live.compiled.audiences },
      visit: visitor.visit,
      purposes: visitor.purposes,
      reading,
      route,
      isSeen: isSeen(visitor),
    };
    if (move?.kind === "redirect") {
      const answer = page.redirected(move, await page.cookieFor(visitor));
      const certain = certainIn([], decision.given, request.method);
      edge.later(emit({ ...seen, certain, outcome: nothingFound, events: noEvents }, edge));
      return answer;
    }

    const asked = page.fetch(decision, move);
    const observed = await observe(asked, visitor); // at once, where no rule looks
    const [answer, cookie] = await Promise.all([asked, page.cookieFor(observed.visitor)]);
    if (!isTouched(answer, decision, route)) return leaveObserved(page, observed, edge);
    const acting = actingOn(answer, decision, route, move, request.method);
    const headers = page.headersFor(acting, cookie);
    const shown = withClient(acting, answer, request, visitor, site, edge);
    const rendered = asPromised(await render(answer, shown.decision, shown.options), shown);
    const { events } = observed;
    edge.later(emit({ ...seen, certain: acting.certain, outcome: rendered.outcome, events }, edge));
    return page.answered(rendered, headers);
  } catch (error) {
    edge.report({ stage: "decide", site: site.key, what: String(error) });
    return page.untouched("error");
  }
}
