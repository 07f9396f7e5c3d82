import type { VisitorId } from "../core/ids.ts";
import type { Enrolments } from "../core/visit.ts";
import type { ExposureMemory } from "./edge.ts";

/** Visitors remembered per isolate: those of the last minutes on a busy site. */
const mostVisitors = 5_000;

/**
 * Remembers, per isolate, which exposures the queue has taken: a page's exposures are known only after its headers have gone
 * out, so its cookie cannot say so; the visitor's next page here writes them into the cookie.
 *
 * A page that meets another isolate sends them once more, and the consumer counts them once. Keyed by visitor, so nobody ever
 * reads another's.
 */
export function createExposureMemory(): ExposureMemory {
  const byVisitor = new Map<VisitorId, Enrolments>();
  return {
    recall: (visitor) => byVisitor.get(visitor) ?? {},
    remember: (visitor, enrolled) => {
      if (Object.keys(enrolled).length === 0) return;
      if (byVisitor.size >= mostVisitors) byVisitor.delete(byVisitor.keys().next().value ?? visitor);
      byVisitor.set(visitor, { ...byVisitor.get(visitor), ...enrolled });
    },
  };
}
