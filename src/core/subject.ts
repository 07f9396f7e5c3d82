import type { Assignment } from "./assignment.ts";
import type { Context } from "./context.ts";
import type { UserId, VisitorId } from "./ids.ts";
import { type EventFacts, emptyProfile, type Profile } from "./profile.ts";

/** Who is being decided upon, on which request, and all that is known: the one argument of every condition and gate. */
export interface SubjectParts {
  readonly context: Context;
  readonly visitor: VisitorId;
  readonly user: UserId | null;
  readonly session: string;
  /** `null` when nothing is stored or it came too late: the visitor is decided upon with what the request says. */
  readonly profile: Profile | null;
  /** Enrolments that the cookie remembers; they win over the profile's, being newer. */
  readonly enrolled: Readonly<Record<string, { readonly variant: string; readonly version: number }>>;
  /** False for crawlers, previews and prefetches: served like anyone, never counted. */
  readonly counted: boolean;
  /** Variants that a preview asks for, by experience key. */
  readonly forced: Readonly<Record<string, string>>;
}

/** The subject of one decision. It remembers hashes and assignments that several experiences ask for; it lives for one request. */
export class Subject {
  readonly context: Context;
  readonly visitor: VisitorId;
  readonly user: UserId | null;
  readonly session: string;
  readonly profile: Profile;
  readonly hasProfile: boolean;
  readonly counted: boolean;
  readonly forced: Readonly<Record<string, string>>;
  readonly nowMs: number;
  /** Buckets by layer or holdout seed and unit, as hashed for this visitor. */
  readonly buckets: Map<string, number> = new Map();
  /** Assignments of experiences that others require. */
  readonly assignments: Map<string, Assignment> = new Map();
  readonly #enrolled: SubjectParts["enrolled"];

  constructor(parts: SubjectParts) {
    this.context = parts.context;
    this.visitor = parts.visitor;
    this.user = parts.user;
    this.session = parts.session;
    this.profile = parts.profile ?? emptyProfile;
    this.hasProfile = parts.profile !== null;
    this.counted = parts.counted;
    this.forced = parts.forced;
    this.nowMs = parts.context.request.nowMs;
    this.#enrolled = parts.enrolled;
  }

  /** The variant an earlier visit gave, or `null`. */
  enrolmentIn(experience: string): { readonly variant: string; readonly version: number } | null {
    if (Object.hasOwn(this.#enrolled, experience)) return this.#enrolled[experience] ?? null;
    if (Object.hasOwn(this.profile.sticky, experience)) return this.profile.sticky[experience] ?? null;
    return null;
  }

  /** What is known of an event of this name, or `null` if it never happened. */
  eventFacts(name: string): EventFacts | null {
    return Object.hasOwn(this.profile.events, name) ? (this.profile.events[name] ?? null) : null;
  }
}
