import { type Allocation, rangesOf } from "./allocation.ts";
import { type Assignment, grants, refused } from "./assignment.ts";
import {
  type AudienceFinder,
  type CompiledAudience,
  compileWhen,
  type KnownParts,
  nobody,
  type Part,
} from "./audience.ts";
import type { BanditWeights } from "./compile.ts";
import type { VariantPlan } from "./decision.ts";
import type { Draft, Experience, ExperiencePrerequisite, RoutePattern } from "./draft.ts";
import { forceGate, previewGate } from "./forced.ts";
import {
  audienceGate,
  filterGate,
  type Gate,
  holdbackGate,
  holdoutGate,
  killedGate,
  layerGate,
  namespaceGate,
  prerequisiteGate,
  scheduleGate,
  slotPrerequisiteGate,
  splitGate,
  stickyGate,
} from "./gate.ts";
import type { Json } from "./json.ts";
import { emptyPlan, planOf, readsVisitor, watchesOf } from "./plan.ts";
import type { Reason } from "./reason.ts";
import type { Subject } from "./subject.ts";
import { unitIsStored, unitReader } from "./unit.ts";

/** An arm: a variant, or the holdback of a personalization. */
export interface CompiledArm {
  readonly key: string;
  readonly plan: VariantPlan;
}

/** An experience made ready to decide with. */
export interface CompiledExperience {
  readonly key: string;
  readonly kind: Experience["kind"];
  readonly version: number;
  readonly priority: number;
  readonly isEnabled: boolean;
  readonly isSticky: boolean;
  readonly routes: readonly RoutePattern[];
  readonly arms: readonly CompiledArm[];
  /** In the order of science.md; the last one always ends the way. */
  readonly gates: readonly Gate[];
  /** What holds of every subject that the gates let in, unless a preview forces the variant. */
  readonly requires: readonly Part[];
  /** The gates that are left for a subject of whom that is known. */
  readonly gatesAfter: readonly Gate[];
  /** Its places that another experience changes too: held by whoever is given a variant first. */
  readonly contested: readonly string[];
  readonly needsProfile: boolean;
  readonly mayMove: boolean;
}

export interface CompileParts {
  readonly draft: Draft;
  readonly audiences: ReadonlyMap<string, CompiledAudience>;
  readonly weights: BanditWeights;
  /** By experience key: see `contestedPlaces`. */
  readonly contested: ReadonlyMap<string, readonly string[]>;
  readonly knownParts: KnownParts;
  /** Other experiences, found when asked during deciding: all are compiled by then. */
  readonly find: (key: string) => CompiledExperience | null;
  /** A slot's value for a subject, likewise. */
  readonly slotValue: (slot: string, subject: Subject) => Json;
}

/** The key of the arm that a personalization's holdback is in. */
export const holdbackArm = "holdback";

/** Compiles one experience. A reference that leads nowhere (refused on save) keeps everyone out. */
export function compileExperience(key: string, experience: Experience, parts: CompileParts): CompiledExperience {
  const watches = watchesOf(experience.variants, parts.draft.slots);
  const variants = experience.variants.map((variant) => ({
    key: variant.key,
    plan: planOf(variant, parts.draft.slots, watches),
  }));
  const arms = experience.holdbackBps > 0 ? [...variants, { key: holdbackArm, plan: emptyPlan(watches) }] : variants;
  const audience = audienceOf(experience, parts);
  const gates = gatesOf(key, experience, audience, parts);
  // Who is enrolled in a sticky experience stays, whatever the audience says.
  const requires = experience.sticky === "none" ? audience.parts : [];
  return {
    key,
    kind: experience.kind,
    version: experience.version,
    priority: experience.priority,
    isEnabled: experience.enabled,
    isSticky: experience.sticky !== "none",
    routes: experience.routes,
    arms,
    gates,
    requires,
    // Without the first, which is the preview's.
    gatesAfter: gates.filter(({ detail }, at) => at > 0 && (requires.length === 0 || detail !== "audience_miss")),
    contested: parts.contested.get(key) ?? [],
    needsProfile: needsProfile(experience, audience, parts),
    mayMove: experience.variants.some(({ move }) => move !== null),
  };
}

const everyone: CompiledAudience = { test: () => true, reads: [], isStored: false, parts: [] };

function audienceOf({ audience }: Experience, { audiences, knownParts }: CompileParts): CompiledAudience {
  if (audience === null) return everyone;
  const find: AudienceFinder = (key) => audiences.get(key) ?? null;
  if (typeof audience === "string") return find(audience) ?? nobody;
  return compileWhen(audience, find, knownParts);
}

function needsProfile(experience: Experience, audience: CompiledAudience, parts: CompileParts): boolean {
  const units = [experience.unit, ...(experience.fallbackUnit === null ? [] : [experience.fallbackUnit])];
  return (
    audience.isStored ||
    experience.sticky !== "none" ||
    units.some(unitIsStored) ||
    experience.variants.some(readsVisitor) ||
    experience.prerequisites.some((required) => "slot" in required || requiredIsStored(required.experience, parts)) ||
    experience.force.some(({ when }) => compileWhen(when, (key) => parts.audiences.get(key) ?? null).isStored)
  );
}

/** Judged from the draft, since the required experience may be compiled later than this one. */
function requiredIsStored(key: string, parts: CompileParts): boolean {
  const required = Object.hasOwn(parts.draft.experiences, key) ? parts.draft.experiences[key] : undefined;
  if (required === undefined) return false;
  return required.sticky !== "none" || unitIsStored(required.unit) || audienceOf(required, parts).isStored;
}

/** The gates of an experience, only those it has, in the order of science.md. */
function gatesOf(
  key: string,
  experience: Experience,
  audience: CompiledAudience,
  parts: CompileParts,
): readonly Gate[] {
  const { draft } = parts;
  const unitOf = unitReader(experience.unit, experience.fallbackUnit);
  const { allocation, assignments } = splitOf(experience, parts.weights[key]);
  const isSticky = experience.sticky !== "none";
  const isEnrolled = isSticky ? enrolment(key, experience) : null;
  const gates: (Gate | null)[] = [
    previewGate(key, experience, assignments("TARGETING_MATCH", "forced")),
    experience.enabled ? null : killedGate,
    experience.schedule === null ? null : scheduleGate(experience.schedule),
    ...Object.entries(draft.holdouts)
      .filter(([, { scope }]) => scope === null || scope.includes(key))
      .map(([name, holdout]) => holdoutGate(name, holdout)),
    ...prerequisiteGates(experience, parts),
    experience.audience === null
      ? null
      : audienceGate(audienceWords(experience), audience.test, audience.reads, isEnrolled),
    ...layerGates(experience, draft),
    experience.namespace === null ? null : namespaceGate(experience.namespace, unitOf, isEnrolled),
    ...experience.filters.map(filterGate),
    forceGate(experience, assignments("TARGETING_MATCH", "forced"), (name) => parts.audiences.get(name) ?? null),
    isSticky ? stickyGate(key, experience, assignments("SPLIT", "sticky")) : null,
    experience.holdbackBps === 0
      ? null
      : holdbackGate(experience.seed, experience.holdbackBps, unitOf, heldBack(experience)),
    splitGate(
      allocation,
      experience.variants.map((variant) => variant.key),
      unitOf,
      assignments(splitReason(experience), "split"),
    ),
  ];
  return gates.filter((gate) => gate !== null);
}

const splitReason = ({ variants, audience }: Experience): Reason => {
  if (variants.length > 1) return "SPLIT";
  return audience === null ? "STATIC" : "TARGETING_MATCH";
};

const heldBack = ({ variants, holdbackBps }: Experience): Assignment => ({
  arm: variants.length,
  reason: "SPLIT",
  detail: "holdback",
  propensityBps: holdbackBps,
});

interface Split {
  readonly allocation: Allocation;
  readonly assignments: (reason: Reason, detail: Assignment["detail"]) => readonly Assignment[];
}

/** The ranges and propensities of an experience's variants; a bandit's learnt weights override the authored ones. */
function splitOf(experience: Experience, learnt: readonly number[] | undefined): Split {
  const { variants, coverageBps, holdbackBps } = experience;
  const isBandit = experience.kind === "bandit" && learnt?.length === variants.length;
  const weightsBps = isBandit && learnt !== undefined ? learnt : variants.map(({ weightBps }) => weightBps);
  const derived = rangesOf(weightsBps, coverageBps);
  const arms = variants.map(({ ranges }, at) => ranges ?? derived[at] ?? []);
  const propensities = weightsBps.map((weightBps) => (weightBps * (10_000 - holdbackBps)) / 10_000);
  return {
    allocation: { seed: experience.seed, hashVersion: experience.hashVersion, arms },
    assignments: (reason, detail) => grants(propensities, reason, detail),
  };
}

/** The gate of a reference that leads nowhere: refused on save, shut at the edge. */
const shut = (refusal: Assignment, missing: string): Gate => ({
  detail: refusal.detail,
  judge: () => refusal,
  reads: [],
  say: () => `${missing} does not exist`,
});

const audienceWords = ({ audience }: Experience): string =>
  typeof audience === "string" ? `audience \`${audience}\`` : "the experience's own condition";

function prerequisiteGates({ prerequisites }: Experience, parts: CompileParts): readonly Gate[] {
  return prerequisites.map((required) => {
    if ("experience" in required) return experienceGate(required, parts);
    if (!Object.hasOwn(parts.draft.slots, required.slot))
      return shut(refused.prerequisite, `slot \`${required.slot}\``);
    return slotPrerequisiteGate(required, (subject) => parts.slotValue(required.slot, subject));
  });
}

function experienceGate({ experience: key, variants }: ExperiencePrerequisite, parts: CompileParts): Gate {
  const required = Object.hasOwn(parts.draft.experiences, key) ? parts.draft.experiences[key] : undefined;
  if (required === undefined) return shut(refused.prerequisite, `experience \`${key}\``);
  const opens = variants.map((variant) => required.variants.findIndex((other) => other.key === variant));
  const assignmentOf = (subject: Subject): Assignment => {
    const compiled = parts.find(key);
    return compiled === null ? refused.prerequisite : assignmentFor(compiled, subject);
  };
  return prerequisiteGate({ key, arms: required.variants.map((variant) => variant.key), opens }, assignmentOf);
}

function layerGates({ layer }: Experience, { layers }: Draft): readonly Gate[] {
  if (layer === null) return [];
  const compiled = Object.hasOwn(layers, layer.key) ? layers[layer.key] : undefined;
  return [
    compiled === undefined
      ? shut(refused.layer, `layer \`${layer.key}\``)
      : layerGate(layer.key, compiled, layer.ranges),
  ];
}

/** Whether somebody holds a variant of the version that runs: raising the version begins anew, the audience included. */
const enrolment =
  (key: string, { version, minVersion, variants }: Experience) =>
  (subject: Subject): boolean => {
    const held = subject.enrolmentIn(key);
    return (
      held?.version === version && version >= minVersion && variants.some((variant) => variant.key === held.variant)
    );
  };

/** The assignment of an experience that others require, worked out once per request. A circle (refused on save) is shut. */
export function assignmentFor(experience: CompiledExperience, subject: Subject): Assignment {
  const known = subject.assignments.get(experience.key);
  if (known !== undefined) return known;
  subject.assignments.set(experience.key, refused.prerequisite);
  const assignment = assign(experience, subject);
  subject.assignments.set(experience.key, assignment);
  return assignment;
}

/**
 * Decides which variant of an experience a subject gets.
 *
 * Pure: the same subject gets the same variant on every machine, with nothing stored and nothing fetched. Raising coverage
 * only ever adds subjects; it never moves one who was already in. The first gate that ends the way gives the reason.
 */
export const assign = (experience: CompiledExperience, subject: Subject, trace: Trace | null = null): Assignment =>
  firstVerdict(experience.gates, subject, trace);

/** The same for a subject whom no preview forces, and who is known to meet what the experience requires. */
export const assignSifted = (experience: CompiledExperience, subject: Subject): Assignment =>
  firstVerdict(experience.gatesAfter, subject, null);

function firstVerdict(gates: readonly Gate[], subject: Subject, trace: Trace | null): Assignment {
  for (let at = 0; at < gates.length; at += 1) {
    const gate = gates[at];
    const assignment = gate?.judge(subject) ?? null;
    if (trace !== null && gate !== undefined) trace(gate, assignment);
    if (assignment !== null) return assignment;
  }
  return refused.coverage;
}

/** Told of every gate that was asked, and what it said: `null` when the subject could go on. */
export type Trace = (gate: Gate, assignment: Assignment | null) => void;
