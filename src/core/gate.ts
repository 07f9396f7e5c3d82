import { type Allocation, allocatorOf, owns } from "./allocation.ts";
import { type Assignment, refused } from "./assignment.ts";
import { compileLeniently } from "./condition/compile.ts";
import { plainPaths } from "./condition/paths.ts";
import type { Experience, Filter, Holdout, Layer, Namespace, Range, SlotPrerequisite } from "./draft.ts";
import { bucketerOf, bucketOf } from "./hash.ts";
import type { Json } from "./json.ts";
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
  /** What it looked at for this subject, in a person's words. Asked for only by an explanation. */
  readonly say: (subject: Subject) => string;
}

const gate = (detail: ReasonDetail, judge: Gate["judge"], say: Gate["say"], reads: readonly string[] = []): Gate => ({
  detail,
  judge,
  say,
  reads,
});

const bucketWords = (bucket: number): string => `bucket ${bucket} of 10 000`;
const rangeWords = (ranges: readonly Range[]): string =>
  ranges.length === 0 ? "no bucket" : ranges.map(([from, to]) => `${from} to ${to - 1}`).join(", ");
const unitWords = (unit: string | null): string => (unit === null ? "nothing to hash" : `\`${unit}\``);

/** Switched off by its author. */
export const killedGate: Gate = gate(
  "killed",
  () => refused.killed,
  () => "the experience is switched off (`enabled: false`)",
);

export function scheduleGate(schedule: NonNullable<Experience["schedule"]>): Gate {
  const { isOpen } = compileSchedule(schedule);
  const bounds = `from ${schedule.from ?? "always"} until ${schedule.until ?? "for ever"} (${schedule.timeZone})`;
  return gate(
    "schedule",
    (subject) => (isOpen(subject.nowMs) ? null : refused.schedule),
    (subject) => `it runs ${bounds}; now it is ${new Date(subject.nowMs).toISOString()}`,
    ["context.now"],
  );
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
export function holdoutGate(key: string, holdout: Holdout): Gate {
  const unitOf = unitReader(holdout.unit, null);
  const bucketFor = (subject: Subject): number | null => {
    const unit = unitOf(subject);
    return unit === null ? null : sharedBucket(subject, holdout.seed, unit);
  };
  return gate(
    "holdout",
    (subject) => {
      const bucket = bucketFor(subject);
      return bucket !== null && bucket < holdout.coverageBps ? refused.holdout : null;
    },
    (subject) =>
      `holdout \`${key}\` keeps buckets below ${holdout.coverageBps} out; the visitor is in ${bucketWords(bucketFor(subject) ?? -1)}`,
  );
}

/** The subject's place in the layer must belong to this experience. Exclusion is total: a sticky visitor is no exception. */
export function layerGate(key: string, layer: Layer, ranges: readonly Range[]): Gate {
  const unitOf = unitReader(layer.unit, null);
  const judge: Gate["judge"] = (subject) => {
    const unit = unitOf(subject);
    if (unit === null) return refused.no_unit;
    return owns(ranges, sharedBucket(subject, layer.seed, unit)) ? null : refused.layer;
  };
  return gate("layer", judge, (subject) => {
    const unit = unitOf(subject);
    const bucket = unit === null ? -1 : sharedBucket(subject, layer.seed, unit);
    return `of layer \`${key}\` it owns ${rangeWords(ranges)}; the visitor is in ${bucketWords(bucket)}`;
  });
}

/** The audience must be met, but somebody already enrolled in a sticky experience stays when it changes. */
export function audienceGate(
  name: string,
  test: (subject: Subject) => boolean,
  reads: readonly string[],
  isEnrolled: ((subject: Subject) => boolean) | null,
): Gate {
  const say = (subject: Subject) => `${name} ${test(subject) ? "includes" : "does not include"} the visitor`;
  if (isEnrolled === null) {
    return gate("audience_miss", (subject) => (test(subject) ? null : refused.audience_miss), say, reads);
  }
  const judge: Gate["judge"] = (subject) => (test(subject) || isEnrolled(subject) ? null : refused.audience_miss);
  return gate(
    "audience_miss",
    judge,
    (subject) => `${say(subject)}${isEnrolled(subject) ? ", who was enrolled before and stays" : ""}`,
    reads,
  );
}

/** Somebody who was enrolled keeps their variant; one enrolled below `minVersion` is kept out. */
export function stickyGate(key: string, experience: Experience, stay: readonly Assignment[]): Gate {
  const arms = experience.variants.map((variant) => variant.key);
  const judge: Gate["judge"] = (subject) => {
    const enrolment = subject.enrolmentIn(key);
    if (enrolment === null) return null;
    if (enrolment.version < experience.minVersion) return refused.blocked;
    if (enrolment.version !== experience.version) return null;
    return stay[arms.indexOf(enrolment.variant)] ?? null;
  };
  return gate("sticky", judge, (subject) => {
    const enrolment = subject.enrolmentIn(key);
    return enrolment === null
      ? "the visitor was not enrolled before"
      : `the visitor was enrolled in \`${enrolment.variant}\` by version ${enrolment.version}`;
  });
}

/**
 * For imports: the version-1 hash of `unit + "__" + id`, as a fraction, must lie in the namespace's range. Somebody already
 * enrolled in a sticky experience stays, as with GrowthBook.
 */
export function namespaceGate(
  namespace: Namespace,
  unitOf: UnitReader,
  isEnrolled: ((subject: Subject) => boolean) | null,
): Gate {
  const bucketIn = bucketerOf(`__${namespace.id}`, 1);
  const placeOf = (unit: string): number => bucketIn(unit) / 10_000;
  const judge: Gate["judge"] = (subject) => {
    const unit = unitOf(subject);
    if (unit === null) return refused.no_unit;
    const place = placeOf(unit);
    if (place >= namespace.from && place < namespace.to) return null;
    return isEnrolled?.(subject) ? null : refused.namespace;
  };
  return gate("namespace", judge, (subject) => {
    const unit = unitOf(subject);
    const place = unit === null ? "nowhere" : placeOf(unit);
    return `of namespace \`${namespace.id}\` it owns ${namespace.from} to ${namespace.to}; the visitor is at ${place}`;
  });
}

/** For imports: a further hash that must fall into one of the filter's ranges. */
export function filterGate(filter: Filter): Gate {
  const unitOf = unitReader(filter.unit, null);
  const bucketIn = bucketerOf(filter.seed, filter.hashVersion);
  const judge: Gate["judge"] = (subject) => {
    const unit = unitOf(subject);
    if (unit === null) return refused.filter;
    const place = bucketIn(unit) / 10_000;
    return filter.ranges.some(([from, to]) => place >= from && place < to) ? null : refused.filter;
  };
  return gate(
    "filter",
    judge,
    (subject) => `a filter with seed \`${filter.seed}\` hashes ${unitWords(unitOf(subject))}`,
  );
}

/** Another experience must have given this subject one of these variants; any, when none is named. */
export function prerequisiteGate(required: Required, assignmentOf: (subject: Subject) => Assignment): Gate {
  const { key, arms, opens } = required;
  const wanted = opens.length === 0 ? "any variant" : opens.map((arm) => `\`${arms[arm] ?? "?"}\``).join(" or ");
  return gate(
    "prerequisite",
    (subject) => {
      const { arm } = assignmentOf(subject);
      const isOpen = arm >= 0 && (opens.length === 0 || opens.includes(arm));
      return isOpen ? null : refused.prerequisite;
    },
    (subject) => {
      const { arm, detail } = assignmentOf(subject);
      const given = arm < 0 ? `none (${detail})` : `\`${arms[arm] ?? "holdback"}\``;
      return `it requires ${wanted} of \`${key}\`; there the visitor has ${given}`;
    },
  );
}

/** A slot's value for this subject must satisfy a condition. */
export function slotPrerequisiteGate({ slot, when }: SlotPrerequisite, read: (subject: Subject) => Json): Gate {
  const { test } = compileLeniently(when, { resolve: plainPaths });
  return gate(
    "prerequisite",
    (subject) => (test({ value: read(subject) }) ? null : refused.prerequisite),
    (subject) => `it requires ${JSON.stringify(when)} of slot \`${slot}\`, which is ${JSON.stringify(read(subject))}`,
  );
}

/** The experience that a prerequisite names, and the indexes of the arms that open the gate. */
export interface Required {
  readonly key: string;
  readonly arms: readonly string[];
  readonly opens: readonly number[];
}

/** The last gate, that always ends the way: the hash against coverage and weights. */
export function splitGate(
  allocation: Allocation,
  arms: readonly string[],
  unitOf: UnitReader,
  split: readonly Assignment[],
): Gate {
  const armOf = allocatorOf(allocation);
  const judge: Gate["judge"] = (subject) => {
    const unit = unitOf(subject);
    if (unit === null) return refused.no_unit;
    return split[armOf(unit)] ?? refused.coverage;
  };
  return gate("split", judge, (subject) => {
    const unit = unitOf(subject);
    if (unit === null) return "the visitor has none of the units that are hashed";
    const shares = arms.map((arm, at) => `\`${arm}\` owns ${rangeWords(allocation.arms[at] ?? [])}`).join(", ");
    return `\`${allocation.seed}\` puts ${unitWords(unit)} into ${bucketWords(bucketOf(allocation.seed, unit, allocation.hashVersion))}: ${shares}`;
  });
}

/** A personalization's share that is left as it was, so that its uplift is measured. Hashed apart from the split. */
export function holdbackGate(seed: string, holdbackBps: number, unitOf: UnitReader, held: Assignment): Gate {
  const bucketIn = bucketerOf(`${seed}:holdback`);
  const judge: Gate["judge"] = (subject) => {
    const unit = unitOf(subject);
    if (unit === null) return refused.no_unit;
    return bucketIn(unit) < holdbackBps ? held : null;
  };
  return gate("holdback", judge, () => `a share of ${holdbackBps / 100} % is left as it was, to measure the uplift`);
}
