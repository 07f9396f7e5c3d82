import { decodeHappenings, encodeHappenings, type Happening, mergeHappenings } from "./happening.ts";
import type { SiteKey, UserId, VisitorId } from "./ids.ts";
import { isObject, type Json } from "./json.ts";

/** Raise it when the shape of the cookie changes: older cookies then start a new visit with a new id, so better only add. */
const visitShape = 1;

/** After this long without a page a new session begins. */
export const sessionGapMs = 30 * 60_000;
/** The cookie is written again at most this often when nothing but the time has changed. */
const refreshAfterMs = 5 * 60_000;
/** What a cookie's payload may measure before the oldest exposures are forgotten: 1.5 KB with name and signature. */
export const mostPayloadBytes = 1100;

/**
 * What the cookie knows: who this is, and what the very next request must know at once.
 *
 * `enrolled` remembers the variant of each experience whose exposure is known to be recorded, so that it is not sent again
 * and, for sticky experiences, so that it stays.
 */
export interface Visit {
  readonly site: SiteKey;
  readonly visitor: VisitorId;
  readonly user: UserId | null;
  readonly firstSeenMs: number;
  readonly session: Session;
  readonly enrolled: Enrolments;
  /** What happened in this session and is decided by, so that the very next request knows it. Oldest first. */
  readonly happened: readonly Happening[];
}

export interface Session {
  readonly number: number;
  readonly startedAtMs: number;
  readonly seenAtMs: number;
}

/** By experience key, oldest first. */
export type Enrolments = Readonly<Record<string, Enrolment>>;
export interface Enrolment {
  readonly variant: string;
  readonly version: number;
}

/** The first page of somebody new. */
export const newVisit = (site: SiteKey, visitor: VisitorId, nowMs: number): Visit => ({
  site,
  visitor,
  user: null,
  firstSeenMs: nowMs,
  session: { number: 1, startedAtMs: nowMs, seenAtMs: nowMs },
  enrolled: {},
  happened: [],
});

/** The same visit, one page later: a long pause starts a new session. */
export function continueVisit(visit: Visit, nowMs: number): Visit {
  const { session } = visit;
  if (nowMs - session.seenAtMs > sessionGapMs) {
    const next = { number: session.number + 1, startedAtMs: nowMs, seenAtMs: nowMs };
    return { ...visit, session: next, happened: [] };
  }
  if (nowMs - session.seenAtMs < refreshAfterMs) return visit;
  return { ...visit, session: { ...session, seenAtMs: nowMs } };
}

/** The visit with these experiences enrolled too. The very same object when it knew them all. */
export function enrol(visit: Visit, added: Enrolments): Visit {
  const fresh = Object.entries(added).filter(([key, enrolment]) => !isEnrolled(visit, key, enrolment.version));
  return fresh.length === 0 ? visit : { ...visit, enrolled: { ...visit.enrolled, ...Object.fromEntries(fresh) } };
}

/** The visit that knows of these happenings too. The very same object when it knew them all. */
export function knowing(visit: Visit, others: readonly Happening[]): Visit {
  const happened = mergeHappenings(visit.happened, others);
  return happened === visit.happened ? visit : { ...visit, happened };
}

/** Whether the exposure of this version of the experience is known to be recorded. */
export function isEnrolled(visit: Visit, experience: string, version: number): boolean {
  return Object.hasOwn(visit.enrolled, experience) && visit.enrolled[experience]?.version === version;
}

/** The identity of a session: the visitor and its number. */
export const sessionIdOf = (visit: Visit): string => `${visit.visitor}.${visit.session.number}`;

/** The cookie's payload, before it is signed. Always within `mostPayloadBytes`: the oldest enrolments go first. */
export function encodeVisit(visit: Visit): string {
  const entries = Object.entries(visit.enrolled);
  const happened = encodeHappenings(visit.happened, visit.session.startedAtMs);
  for (let dropped = 0; ; dropped += 1) {
    const text = JSON.stringify({
      s: visitShape,
      w: visit.site,
      v: visit.visitor,
      ...(visit.user === null ? {} : { u: visit.user }),
      f: visit.firstSeenMs,
      n: [visit.session.number, visit.session.startedAtMs, visit.session.seenAtMs],
      ...(happened === null ? {} : { h: happened }),
      e: entries.slice(dropped).map(([key, { variant, version }]) => [key, variant, version]),
    });
    if (text.length <= mostPayloadBytes || dropped >= entries.length) return text;
  }
}

const visitorShape = /^[A-Za-z0-9_-]{16,64}$/;

/** Whether `text` may be a visitor's id. */
export const isVisitorId = (text: unknown): text is VisitorId => typeof text === "string" && visitorShape.test(text);

/** Reads a payload whose signature was right. `null` for anything that is not a visit of this site: a new visit begins. */
export function decodeVisit(text: string, site: SiteKey): Visit | null {
  const value = parse(text);
  if (!isObject(value) || value.s !== visitShape || value.w !== site || !isVisitorId(value.v)) return null;
  const session = sessionIn(value.n);
  if (session === null || typeof value.f !== "number") return null;
  return {
    site,
    visitor: value.v,
    user: typeof value.u === "string" ? (value.u as UserId) : null,
    firstSeenMs: value.f,
    session,
    enrolled: enrolmentsIn(value.e),
    happened: decodeHappenings(value.h, session.startedAtMs),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function sessionIn(value: Json | undefined): Session | null {
  if (!Array.isArray(value)) return null;
  const [number, startedAtMs, seenAtMs] = value as readonly Json[];
  if (typeof number !== "number" || typeof startedAtMs !== "number" || typeof seenAtMs !== "number") return null;
  return { number, startedAtMs, seenAtMs };
}

function enrolmentsIn(value: Json | undefined): Enrolments {
  if (!Array.isArray(value)) return {};
  const found: Record<string, Enrolment> = Object.create(null);
  for (const entry of value as readonly Json[]) {
    if (!Array.isArray(entry)) continue;
    const [key, variant, version] = entry as readonly Json[];
    if (typeof key === "string" && typeof variant === "string" && typeof version === "number") {
      found[key] = { variant, version };
    }
  }
  return found;
}
