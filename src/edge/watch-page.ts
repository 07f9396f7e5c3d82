import type { Edge } from "./edge.ts";
import { emitEvents } from "./emit.ts";
import { identify } from "./identify.ts";
import { openPage } from "./page.ts";
import type { Way } from "./route.ts";
import { openWatch } from "./watch.ts";

/**
 * The way of a request on which no experience acts but rules watch: nobody is decided upon, no profile is read, and the
 * origin's bytes go out as they came. Only when something happened may the visitor get our cookie.
 */
export async function watchPage(request: Request, way: Extract<Way, { kind: "watch" }>, edge: Edge): Promise<Response> {
  const watch = openWatch(request, way.route.observes, way.at.search, edge);
  const page = openPage(request, way, edge);
  const { site } = way.live.compiled.release.content;
  const asked = page.fetch();
  try {
    const visitor = await identify(request, site, edge);
    if (visitor.kind === "declined") return await page.untouched();
    const observed = await watch(asked, visitor);
    if (observed.count === 0) return await page.untouched();
    edge.later(emitEvents(visitor.visit, observed.events, edge));
    return await page.onlyCookie(observed.visitor);
  } catch (error) {
    edge.report({ stage: "observe", site: site.key, what: String(error) });
    return page.untouched();
  }
}
