import { type Assignment, refused } from "./assignment.ts";
import type { CompiledRelease, CompiledRoute } from "./compile.ts";
import type { Decision, GivenVariant, TemplateScope } from "./decision.ts";
import { assign, type CompiledExperience, type Trace } from "./experience.ts";
import type { Json } from "./json.ts";
import type { Subject } from "./subject.ts";

/**
 * Decides what a subject gets on a route.
 *
 * Pure and synchronous: the same release, subject and moment give the same decision everywhere. Experiences are asked by
 * precedence; one that would change a place that a higher one holds stands back, in every arm alike.
 */
export const decide = (release: CompiledRelease, route: CompiledRoute, subject: Subject): Decision =>
  decideAmong(release, route.experiences, subject);

/** Decides among these experiences, which stand in order of precedence, wherever they act. */
export function decideAmong(
  release: CompiledRelease,
  experiences: readonly CompiledExperience[],
  subject: Subject,
): Decision {
  const given: GivenVariant[] = [];
  const held: HeldPlaces = new Map();
  for (const experience of experiences) {
    const assignment = assignmentOn(experience, subject, held, null);
    if (assignment.arm < 0) continue;
    const variant = givenOf(experience, assignment, subject);
    if (variant === null) continue;
    given.push(variant);
    hold(held, experience);
  }
  return { release: release.id, given, scope: scopeOf(release, subject, given) };
}

function givenOf(experience: CompiledExperience, assignment: Assignment, subject: Subject): GivenVariant | null {
  const arm = experience.arms[assignment.arm];
  if (arm === undefined) return null;
  return {
    experience: experience.key,
    kind: experience.kind,
    version: experience.version,
    variant: arm.key,
    reason: assignment.reason,
    detail: assignment.detail,
    propensityBps: assignment.propensityBps,
    counted: subject.counted,
    sticky: experience.isSticky,
    plan: arm.plan,
  };
}

/** What templates may read, worked out when one first does. */
function scopeOf({ release }: CompiledRelease, subject: Subject, given: readonly GivenVariant[]): TemplateScope {
  return {
    get visitor() {
      return { ...subject.profile.traits, returning: subject.context.request.returning };
    },
    get context() {
      return contextScope(subject);
    },
    get slot() {
      const values: Record<string, Json> = {};
      for (const [key, slot] of Object.entries(release.content.slots)) values[key] = slot.default;
      // Lowest precedence first, so that the highest is written last.
      for (const { plan } of given.toReversed()) Object.assign(values, plan.slots);
      return values;
    },
  };
}

function contextScope({ context }: Subject): TemplateScope["context"] {
  const { request, query, local, device, languages } = context;
  return {
    host: request.host,
    path: request.path,
    query: { ...query },
    ...request.place,
    ...local,
    device,
    language: languages[0] ?? null,
  };
}

/** Places that experiences given so far hold, each with its holder's key. */
export type HeldPlaces = Map<string, string>;

/** Notes that the experience was given a variant, whichever. */
export function hold(held: HeldPlaces, { key, contested }: CompiledExperience): void {
  for (const place of contested) if (!held.has(place)) held.set(place, key);
}

/** The holder of a place that the experience would change too; `null` when it may go on. */
export function rivalOf(held: HeldPlaces, { contested }: CompiledExperience): string | null {
  for (const place of contested) {
    const holder = held.get(place);
    if (holder !== undefined) return holder;
  }
  return null;
}

/** What `decide` says of one experience, rivals considered. For explanations: every gate is told to `trace`. */
export function assignmentOn(
  experience: CompiledExperience,
  subject: Subject,
  held: HeldPlaces,
  trace: Trace | null,
): Assignment {
  const assignment = assign(experience, subject, trace);
  return assignment.arm >= 0 && rivalOf(held, experience) !== null ? refused.outranked : assignment;
}
