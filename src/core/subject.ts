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
  /** Whether a preview asks for variants at all. */
  readonly isForced: boolean;
  readonly nowMs: number;
  readonly #enrolled: SubjectParts["enrolled"];
  // Most pages ask for neither, and a map costs as much as deciding an experience.
  #buckets: Map<string, number> | undefined;
  #assignments: Map<string, Assignment> | undefined;

  constructor(parts: SubjectParts) {
    this.context = parts.context;
    this.visitor = parts.visitor;
    this.user = parts.user;
    this.session = parts.session;
    this.profile = parts.profile ?? emptyProfile;
    this.hasProfile = parts.profile !== null;
    this.counted = parts.counted;
    this.forced = parts.forced;
    this.isForced = hasMembers(parts.forced);
    this.nowMs = parts.context.request.nowMs;
    this.#enrolled = parts.enrolled;
  }

  /** Buckets by layer or holdout seed and unit, as hashed for this visitor. */
  get buckets(): Map<string, number> {
    this.#buckets ??= new Map();
    return this.#buckets;
  }

  /** Assignments of experiences that others require. */
  get assignments(): Map<string, Assignment> {
    this.#assignments ??= new Map();
    return this.#assignments;
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

function hasMembers(object: object): boolean {
  for (const _ in object) return true;
  return false;
}
