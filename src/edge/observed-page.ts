import type { Edge } from "./edge.ts";
import { emitEvents } from "./emit.ts";
import { identify } from "./identify.ts";
import { type Observed, openObserver } from "./observe.ts";
import { openPage, type Page } from "./page.ts";
import type { Way } from "./route.ts";

/**
 * The way of a request on which no experience acts but rules watch: nobody is decided upon, no profile is read, and the
 * origin's bytes go out as they came. Only when something happened may the visitor get our cookie.
 */
export async function observedPage(
  request: Request,
  way: Extract<Way, { kind: "observed" }>,
  edge: Edge,
): Promise<Response> {
  const observe = openObserver(request, way.route.observes, way.at.search, edge);
  const page = openPage(request, way, edge);
  const { site } = way.live.compiled.release.content;
  const asked = page.fetch();
  try {
    const visitor = await identify(request, site, edge);
    if (visitor.kind === "declined") return await page.untouched();
    const observed = await observe(asked, visitor);
    return await leaveObserved(page, observed, edge);
  } catch (error) {
    edge.report({ stage: "observe", site: site.key, what: String(error) });
    return page.untouched();
  }
}

/** Sends what was seen on its way, and the origin's answer to the visitor. */
export function leaveObserved(page: Page, { visitor, count, events }: Observed, edge: Edge): Promise<Response> {
  if (count === 0) return page.untouched();
  edge.later(emitEvents(visitor, events, edge));
  return page.onlyCookie(visitor);
}
