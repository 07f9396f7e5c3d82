import type { Json, JsonObject } from "../json.ts";
import { banditOf } from "./contextual-bandit.ts";
import { fractionOf } from "./fraction.ts";
import type { Experiment, Feature, ParentCondition, Rule } from "./payload.ts";
import {
  conditionHolds,
  type Evaluation,
  fallbackOf,
  hashAttributeOf,
  hashText,
  holds,
  isEmpty,
  isFilteredOut,
} from "./person.ts";
import { inRange } from "./ranges.ts";
import { type ExperimentResult, isGiven, runExperiment } from "./run-experiment.ts";

/** What GrowthBook's SDKs answer to `evalFeature`: members and their meaning are theirs. */
export interface FeatureResult {
  readonly value: Json;
  readonly on: boolean;
  readonly off: boolean;
  readonly source: FeatureSource;
  readonly ruleId: string;
  readonly experiment?: JsonObject;
  readonly experimentResult?: ExperimentResult;
}

export type FeatureSource =
  | "unknownFeature"
  | "defaultValue"
  | "force"
  | "override"
  | "experiment"
  | "prerequisite"
  | "cyclicPrerequisite";

const result = (value: Json, source: FeatureSource, ruleId = ""): FeatureResult => ({
  value,
  on: Boolean(value),
  off: !value,
  source,
  ruleId,
});

/**
 * Evaluates a feature as GrowthBook's SDK does: the first rule that applies gives the value, else the default.
 *
 * @param seen features under evaluation, so that a prerequisite that leads back to one is found.
 * @see https://docs.growthbook.io/lib/build-your-own#feature-evaluation
 */
export function evalFeature(id: string, evaluation: Evaluation, seen: ReadonlySet<string> = new Set()): FeatureResult {
  const { payload, person } = evaluation;
  if (seen.has(id)) return result(null, "cyclicPrerequisite");
  if (Object.hasOwn(person.forcedFeatures, id)) return result(person.forcedFeatures[id] ?? null, "override");
  const feature = Object.hasOwn(payload.features, id) ? payload.features[id] : undefined;
  if (feature === undefined) return result(null, "unknownFeature");
  return byRules(id, feature, evaluation, new Set([...seen, id]));
}

function byRules(id: string, feature: Feature, evaluation: Evaluation, seen: ReadonlySet<string>): FeatureResult {
  for (const rule of feature.rules) {
    const parents = parentsHold(rule.parentConditions, evaluation, seen);
    if (parents === "cyclic") return result(null, "cyclicPrerequisite");
    if (parents === "blocked") return result(null, "prerequisite");
    if (parents === "shut") continue;
    if (rule.filters !== null && isFilteredOut(rule.filters, evaluation.person)) continue;
    const found = rule.force !== null ? forcedBy(rule, rule.force[0], id, evaluation) : ranBy(rule, id, evaluation);
    if (found !== null) return found;
  }
  return result(feature.defaultValue, "defaultValue");
}

/**
 * Whether other features are as required: `shut` skips a rule, `blocked` ends the feature, `cyclic` means that it waits
 * for itself.
 */
export function parentsHold(
  parents: readonly ParentCondition[],
  evaluation: Evaluation,
  seen: ReadonlySet<string>,
): "open" | "shut" | "blocked" | "cyclic" {
  for (const { id, condition, gate } of parents) {
    const parent = evalFeature(id, evaluation, seen);
    if (parent.source === "cyclicPrerequisite") return "cyclic";
    const isOpen = !isGiven(condition) || holds(condition, { value: parent.value }, evaluation.payload);
    if (!isOpen) return gate ? "blocked" : "shut";
  }
  return "open";
}

function forcedBy(rule: Rule, value: Json, id: string, evaluation: Evaluation): FeatureResult | null {
  if (isGiven(rule.condition) && !conditionHolds(rule.condition, evaluation)) return null;
  return isInRollout(rule, id, evaluation) ? result(value, "force", rule.id) : null;
}

/** A rollout's coverage includes its last hash, unlike a range. */
function isInRollout(rule: Rule, id: string, { person }: Evaluation): boolean {
  const { range, coverage } = rule;
  if (range === null && coverage === null) return true;
  if (range === null && coverage === 0) return false;
  const { hashValue } = hashAttributeOf(person, rule.hashAttribute, fallbackOf(person, rule));
  if (isEmpty(hashValue)) return false;
  const fraction = fractionOf(rule.seed ?? id, hashText(hashValue), rule.hashVersion);
  if (fraction === null) return false;
  return range === null ? fraction <= (coverage ?? 1) : inRange(fraction, range);
}

function ranBy(rule: Rule, id: string, evaluation: Evaluation): FeatureResult | null {
  const experiment = experimentOfRule(rule, id);
  if (experiment === null) return null;
  const bandit = banditOf(rule, experiment, evaluation);
  const ran = runExperiment(bandit.experiment, id, evaluation, () => true);
  if (!ran.inExperiment || ran.passthrough === true) return null;
  const isCounted = ran.hashUsed && bandit.context !== null;
  return {
    ...result(ran.value, "experiment", rule.id),
    experiment: { ...bandit.experiment.raw, ...(isCounted ? { contextualBandit: bandit.context } : {}) },
    experimentResult: isCounted ? { ...ran, ...bandit.context } : ran,
  };
}

/** The experiment that a rule is; `null` for a rule without variations. */
export function experimentOfRule(rule: Rule, id: string): Experiment | null {
  if (rule.variations === null) return null;
  const key = rule.key || id;
  return {
    ...rule,
    key,
    variations: rule.variations,
    // The rule has asked already, and other features' values are no part of its experiment.
    parentConditions: [],
    urlPatterns: null,
    active: true,
    status: null,
    force: null,
    url: null,
    groups: null,
    raw: { ...told(rule.raw), variations: rule.variations, key },
  };
}

/** The members of a rule that GrowthBook passes on, in its answer, as those of the experiment. */
const passedOn =
  "weights hashAttribute fallbackAttribute disableStickyBucketing namespace meta ranges name phase seed hashVersion filters condition";

function told(raw: JsonObject): JsonObject {
  const kept = passedOn.split(" ").filter((name) => Boolean(raw[name]));
  const versions = ["coverage", "bucketVersion", "minBucketVersion"].filter((name) => Object.hasOwn(raw, name));
  return Object.fromEntries([...versions, ...kept].map((name) => [name, raw[name] ?? null]));
}
