import { Context, type Place } from "../core/context.ts";
import { profileNow } from "../core/profile-now.ts";
import { Subject } from "../core/subject.ts";
import { sessionIdOf } from "../core/visit.ts";
import type { Edge } from "./edge.ts";
import { isSeen, type Visitor } from "./identify.ts";
import type { Reading } from "./profile.ts";
import type { Way } from "./route.ts";

type PageWay = Extract<Way, { kind: "page" }>;
type Present = Exclude<Visitor, { kind: "declined" }>;

/** Gathers who is being decided upon: the request's facts, the visit, and what is stored. */
export function subjectOf(
  request: Request,
  { at, live }: PageWay,
  visitor: Present,
  reading: Reading,
  { now, forced = {} }: Pick<Edge, "now" | "forced">,
): Subject {
  const { visit } = visitor;
  const nowMs = now();
  const context = new Context({
    method: request.method,
    url: request.url,
    ...at,
    // Crawlers share one page: which browser one claims to be must not choose another (it would be cloaking, too).
    header: (name) => (visitor.kind === "bot" && name === "user-agent" ? null : request.headers.get(name)),
    place: placeOf(request.cf),
    nowMs,
    returning: visit.session.number > 1,
  });
  return new Subject({
    context,
    visitor: visit.visitor,
    user: visit.user,
    session: sessionIdOf(visit),
    profile: profileNow(reading.profile, visit.happened, live.compiled.declarations, nowMs),
    enrolled: visit.enrolled,
    counted: isSeen(visitor),
    forced,
  });
}

/** What Cloudflare says of the visitor's address; all unknown elsewhere. */
function placeOf(cf: Request["cf"]): Place {
  return {
    country: textOf(cf?.country),
    region: textOf(cf?.region),
    city: textOf(cf?.city),
    continent: textOf(cf?.continent),
    timezone: textOf(cf?.timezone),
  };
}

const textOf = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
