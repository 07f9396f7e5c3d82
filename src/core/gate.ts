import { allocate } from "./allocation.ts";
import { type Assignment, refused } from "./assignment.ts";
import type { Experience, Filter, Holdout, Layer, Namespace, Range } from "./draft.ts";
import { bucketOf } from "./hash.ts";
import type { ReasonDetail } from "./reason.ts";
import { compileSchedule } from "./schedule.ts";
import type { Subject } from "./subject.ts";
import { type UnitReader, unitReader } from "./unit.ts";

/**
 * One step on the way to a variant, compiled for one experience.
 *
 * `judge` lets the subject go on (`null`), or ends the way with an assignment or a refusal. Pure, and allocates nothing
 * when it refuses.
 */
export interface Gate {
  readonly detail: ReasonDetail;
  readonly judge: (subject: Subject) => Assignment | null;
  /** Paths of the facts it reads, for explanations. */
  readonly reads: readonly string[];
}

const gate = (detail: ReasonDetail, judge: Gate["judge"], reads: readonly string[] = []): Gate => ({
  detail,
  judge,
  reads,
});

/** Switched off by its author. */
export const killedGate: Gate = gate("killed", () => refused.killed);

export function scheduleGate(schedule: NonNullable<Experience["schedule"]>): Gate {
  const { isOpen } = compileSchedule(schedule);
  return gate("schedule", (subject) => (isOpen(subject.nowMs) ? null : refused.schedule), ["context.now"]);
}

/** Where a subject falls in a layer or holdout, hashed once per request. */
function sharedBucket(subject: Subject, seed: string, unit: string): number {
  const key = `${seed}\u0000${unit}`;
  const known = subject.buckets.get(key);
  if (known !== undefined) return known;
  const bucket = bucketOf(seed, unit);
  subject.buckets.set(key, bucket);
  return bucket;
}

/** Members of a holdout get nothing in its scope, and are still measured. */
export function holdoutGate(holdout: Holdout): Gate {
  const unitOf = unitReader(holdout.unit, null);
  return gate("holdout", (subject) => {
    const unit = unitOf(subject);
    if (unit === null) return null;
    return sharedBucket(subject, holdout.seed, unit) < holdout.coverageBps ? refused.holdout : null;
  });
}

/** The subject's place in the layer must belong to this experience. Exclusion is total: a sticky visitor is no exception. */
export function layerGate(layer: Layer, ranges: readonly Range[]): Gate {
  const unitOf = unitReader(layer.unit, null);
  return gate("layer", (subject) => {
    const unit = unitOf(subject);
    if (unit === null) return refused.no_unit;
    const bucket = sharedBucket(subject, layer.seed, unit);
    for (const [from, to] of ranges) if (bucket >= from && bucket < to) return null;
    return refused.layer;
  });
}

/** The audience must be met, but somebody already enrolled in a sticky experience stays when it changes. */
export function audienceGate(
  test: (subject: Subject) => boolean,
  reads: readonly string[],
  isEnrolled: ((subject: Subject) => boolean) | null,
): Gate {
  if (isEnrolled === null) {
    return gate("audience_miss", (subject) => (test(subject) ? null : refused.audience_miss), reads);
  }
  const judge: Gate["judge"] = (subject) => (test(subject) || isEnrolled(subject) ? null : refused.audience_miss);
  return gate("audience_miss", judge, reads);
}

/** Somebody who was enrolled keeps their variant; one enrolled below `minVersion` is kept out. */
export function stickyGate(key: string, experience: Experience, stay: readonly Assignment[]): Gate {
  const arms = experience.variants.map((variant) => variant.key);
  return gate("sticky", (subject) => {
    const enrolment = subject.enrolmentIn(key);
    if (enrolment === null) return null;
    if (enrolment.version < experience.minVersion) return refused.blocked;
    if (enrolment.version !== experience.version) return null;
    return stay[arms.indexOf(enrolment.variant)] ?? null;
  });
}

/** For imports: the version-1 hash of `unit + "__" + id`, as a fraction, must lie in the namespace's range. */
export function namespaceGate(namespace: Namespace, unitOf: UnitReader): Gate {
  return gate("namespace", (subject) => {
    const unit = unitOf(subject);
    if (unit === null) return refused.no_unit;
    const place = bucketOf(`__${namespace.id}`, unit, 1) / 10_000;
    return place >= namespace.from && place < namespace.to ? null : refused.namespace;
  });
}

/** For imports: a further hash that must fall into one of the filter's ranges. */
export function filterGate(filter: Filter): Gate {
  const unitOf = unitReader(filter.unit, null);
  return gate("filter", (subject) => {
    const unit = unitOf(subject);
    if (unit === null) return refused.filter;
    const place = bucketOf(filter.seed, unit, filter.hashVersion) / 10_000;
    return filter.ranges.some(([from, to]) => place >= from && place < to) ? null : refused.filter;
  });
}

/** Another experience must have given this subject one of these variants; any, when none is named. */
export function prerequisiteGate(
  assignmentOf: (subject: Subject) => Assignment,
  opens: readonly number[],
  reads: readonly string[],
): Gate {
  return gate(
    "prerequisite",
    (subject) => {
      const { arm } = assignmentOf(subject);
      const isOpen = arm >= 0 && (opens.length === 0 || opens.includes(arm));
      return isOpen ? null : refused.prerequisite;
    },
    reads,
  );
}

/** The last gate, that always ends the way: the hash against coverage and weights. */
export function splitGate(
  allocation: Parameters<typeof allocate>[0],
  unitOf: UnitReader,
  split: readonly Assignment[],
): Gate {
  return gate("split", (subject) => {
    const unit = unitOf(subject);
    if (unit === null) return refused.no_unit;
    return split[allocate(allocation, unit)] ?? refused.coverage;
  });
}

/** A personalization's share that is left as it was, so that its uplift is measured. Hashed apart from the split. */
export function holdbackGate(seed: string, holdbackBps: number, unitOf: UnitReader, held: Assignment): Gate {
  return gate("holdback", (subject) => {
    const unit = unitOf(subject);
    if (unit === null) return refused.no_unit;
    return bucketOf(`${seed}:holdback`, unit) < holdbackBps ? held : null;
  });
}
