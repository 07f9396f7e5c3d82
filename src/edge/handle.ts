import { decide } from "../core/decide.ts";
import type { Edge } from "./edge.ts";
import { emit } from "./emit.ts";
import { identify } from "./identify.ts";
import { followLink } from "./link.ts";
import { openPage } from "./page.ts";
import { readProfile } from "./profile.ts";
import { render } from "./render.ts";
import { respond } from "./respond.ts";
import { routeOf } from "./route.ts";
import { subjectOf } from "./subject.ts";
import { isSurface } from "./surface.ts";
import { openWatch } from "./watch.ts";
import { watchPage } from "./watch-page.ts";

/** Error pages and redirects are the origin's own. */
const pagesThatChange: ReadonlySet<number> = new Set([200]);

/**
 * A request's whole way. What each stage may read and change, and how it fails, is in docs/life-of-a-request.md.
 *
 * Whatever fails on our side, the visitor gets the origin's page: `page` asks the origin once, and everything else of ours
 * happens beside it.
 */
export async function handle(request: Request, edge: Edge): Promise<Response> {
  const way = await routeOf(request, edge);
  if (way.kind === "link") return followLink(request, way, edge);
  if (way.kind === "watch") return watchPage(request, way, edge);
  const page = openPage(request, way, edge);
  if (way.kind !== "page") return page.untouched();

  const { live, route } = way;
  const site = live.compiled.release.content.site;
  const watch = openWatch(request, route.observes, way.at.search, edge);
  try {
    if (!route.mayMove) void page.fetch(); // beside the profile, not after it
    const visitor = await identify(request, site, edge);
    if (visitor.kind === "declined") return await page.untouched(visitor.why);

    const reading = await readProfile(visitor, route, site, edge); // never later than its deadline
    const decision = decide(live.compiled, route, subjectOf(request, way, visitor, reading, edge.now()));

    const asked = page.fetch(decision);
    const observed = await watch(asked, visitor);
    const [answer, headers] = await Promise.all([asked, page.headersFor(decision, observed.visitor)]);
    if (!isSurface(answer)) return answer;
    const rendered = await render(answer, decision, { method: request.method, statuses: pagesThatChange });
    const happened = {
      decision,
      visit: visitor.visit,
      reading,
      outcome: rendered.outcome,
      events: observed.events,
      route,
    };
    edge.later(emit(happened, edge));
    return respond(rendered, headers);
  } catch (error) {
    edge.report({ stage: "decide", site: site.key, what: String(error) });
    return page.untouched("error");
  }
}
