import { type Assignment, refused } from "./assignment.ts";
import type { CompiledRelease, CompiledRoute } from "./compile.ts";
import type { Decision, GivenVariant } from "./decision.ts";
import { assign, assignSifted, type CompiledExperience, type Trace } from "./experience.ts";
import { Scope } from "./scope.ts";
import type { Subject } from "./subject.ts";

/**
 * Decides what a subject gets on a route.
 *
 * Pure and synchronous: the same release, subject and moment give the same decision everywhere. Experiences are asked by
 * precedence; one that would change a place that a higher one holds stands back, in every arm alike.
 */
export const decide = (release: CompiledRelease, route: CompiledRoute, subject: Subject): Decision =>
  subject.isForced
    ? decideAmong(release, route.experiences, subject)
    : decideBy(assignSifted, release, route.sieve.through(subject), subject);

/** Decides among these experiences, which stand in order of precedence, wherever they act. */
export const decideAmong = (
  release: CompiledRelease,
  experiences: readonly CompiledExperience[],
  subject: Subject,
): Decision => decideBy(assign, release, experiences, subject);

function decideBy(
  assignTo: (experience: CompiledExperience, subject: Subject) => Assignment,
  release: CompiledRelease,
  experiences: readonly CompiledExperience[],
  subject: Subject,
): Decision {
  const given: GivenVariant[] = [];
  const held: HeldPlaces = new Map();
  for (const experience of experiences) {
    const assignment = assignTo(experience, subject);
    if (assignment.arm < 0 || rivalOf(held, experience) !== null) continue;
    const variant = givenOf(experience, assignment, subject);
    if (variant === null) continue;
    given.push(variant);
    hold(held, experience);
  }
  return { release: release.id, given, scope: new Scope(release, subject, given) };
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
