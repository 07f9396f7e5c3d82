import { shareText } from "../../config/share.ts";
import type { Json, JsonObject } from "../../json.ts";
import { pointerOf } from "../../problem.ts";
import { experimentOfRule } from "../feature-value.ts";
import type { Experiment, Feature, Rule } from "../payload.ts";
import { bucketsIn, bucketsUpTo } from "./buckets.ts";
import type { Conditions } from "./import-condition.ts";
import {
  armFile,
  armsOf,
  filtersOf,
  hashingOf,
  isKnownHash,
  isNamed,
  type SplitParts,
  stickinessOf,
  usesSticky,
  weightsOf,
} from "./import-split.ts";
import { literal, slotTypeOf } from "./import-value.ts";
import type { Keys } from "./keys.ts";
import { beforeRule, type PrerequisiteParts, prerequisitesFile } from "./prerequisites.ts";

export interface FeatureParts extends SplitParts, PrerequisiteParts {
  readonly conditions: Conditions;
  readonly experienceKeys: Keys;
}

/** A feature in the configuration file: its slot, and an experience for each rule, the first with the highest priority. */
export interface ImportedFeature {
  readonly slot: JsonObject;
  readonly experiences: Readonly<Record<string, JsonObject>>;
}

/** An experience without its key, its priority and what every rule's experience has. */
interface Made {
  readonly name: string;
  readonly members: JsonObject;
}

/** Turns a feature into a slot and experiences, so that the first rule that applies wins, as with GrowthBook. */
export function importFeature(id: string, slot: string, feature: Feature, parts: FeatureParts): ImportedFeature {
  const made: Made[] = [];
  let hasGate = false;
  for (const [index, rule] of feature.rules.entries()) {
    const where = pointerOf("features", id, "rules", index);
    const before = beforeRule(rule.parentConditions, id, where, parts);
    hasGate ||= before.gates.length > 0;
    for (const gate of before.gates) made.push({ name: `${slot}-${index + 1}-gate`, members: gateFile(gate, slot) });
    const members = before.prerequisites === null ? null : ruleFile(rule, { id, slot, where }, parts);
    if (members === null || before.prerequisites === null) continue;
    made.push({
      name: rule.force === null ? (rule.key ?? `${slot}-${index + 1}`) : `${slot}-${index + 1}`,
      members: { ...members, ...prerequisitesFile(before.prerequisites) },
    });
  }
  const experiences = made.map(({ name, members }, index): [string, JsonObject] => [
    parts.experienceKeys.give(name),
    { kind: members.kind ?? "", priority: made.length - index, routes: [], ...members },
  ]);
  return { slot: slotFile(id, feature, hasGate, parts), experiences: Object.fromEntries(experiences) };
}

function slotFile(id: string, feature: Feature, hasGate: boolean, { tell }: FeatureParts): JsonObject {
  const values = [
    feature.defaultValue,
    ...feature.rules.flatMap((rule) => [...(rule.force ?? []), ...(rule.variations ?? [])]),
  ];
  // A gate that is shut gives null, which only a slot of any JSON can hold.
  const type = hasGate ? "json" : slotTypeOf(values);
  if (type === "json" && slotTypeOf(values.filter((value) => value !== null)) !== "json")
    tell(
      pointerOf("features", id),
      "can be null, as with GrowthBook",
      "It is a slot of type json; apps then use the value they fall back to.",
    );
  return { description: `GrowthBook's feature ${id}`, type, default: literal(feature.defaultValue) };
}

const gateFile = (prerequisites: readonly JsonObject[], slot: string): JsonObject => ({
  description: "A prerequisite of GrowthBook's that ends the feature",
  kind: "personalization",
  ...prerequisitesFile(prerequisites),
  variants: { blocked: { slots: { [slot]: null } } },
});

interface Place {
  readonly id: string;
  readonly slot: string;
  readonly where: string;
}

function ruleFile(rule: Rule, place: Place, parts: FeatureParts): JsonObject | null {
  const { tell } = parts;
  if (!isKnownHash(rule) && (rule.force === null || rule.filters !== null || isRollout(rule))) {
    tell(
      place.where,
      "has a version of the hash that GrowthBook's SDKs don't know",
      "It is left out: it applies to nobody.",
    );
    return null;
  }
  if (Object.hasOwn(rule.raw, "tracks"))
    tell(place.where, "`tracks` was not carried over", "Measure the experiment it stands for by a metric of its own.");
  if (rule.force !== null) return forceFile(rule, rule.force[0], place, parts);
  const experiment = experimentOfRule(rule, place.id);
  if (experiment === null || experiment.variations.length < 2) {
    // A rule that only carries a gate has neither, and is no loss.
    if (rule.parentConditions.length === 0)
      tell(place.where, "neither forces a value nor has variations", "It is left out.");
    return null;
  }
  return experimentFile(rule, experiment, place, parts);
}

const isRollout = ({ range, coverage }: Rule): boolean => range !== null || coverage !== null;

function forceFile(rule: Rule, value: Json, { id, slot, where }: Place, parts: FeatureParts): JsonObject {
  const ranges =
    rule.range !== null
      ? bucketsIn(rule.range, rule.hashVersion)
      : rule.coverage === 0
        ? []
        : bucketsUpTo(rule.coverage ?? 1, rule.hashVersion);
  const isSticky = usesSticky(rule, parts.sticky);
  const hashing = isRollout(rule) ? hashingOf(rule, rule.seed ?? id, isSticky, where, parts) : {};
  const filters = rule.filters === null ? {} : filtersOf(rule, where, parts);
  return {
    kind: isRollout(rule) ? "rollout" : "personalization",
    ...audienceOf(rule, where, parts),
    ...hashing,
    ...filters,
    variants: { on: { slots: { [slot]: literal(value) }, ...(isRollout(rule) ? { ranges: ranges as Json } : {}) } },
  };
}

function audienceOf({ condition }: Rule, where: string, { conditions }: FeatureParts): JsonObject {
  const audience = conditions.of(condition, `${where}/condition`);
  return audience === null ? {} : { audience };
}

function experimentFile(rule: Rule, experiment: Experiment, place: Place, parts: FeatureParts): JsonObject | null {
  const { where, slot } = place;
  if (rule.contextualBanditRef !== null)
    parts.tell(
      where,
      "is a contextual bandit",
      "Its weights over all contexts are kept; let a bandit of ours learn anew.",
    );
  const all = armsOf(experiment);
  if (all.some(({ passthrough }) => passthrough))
    parts.tell(
      where,
      "passes some visitors on to the rules that follow",
      "They are no longer counted here; use a holdout.",
    );
  const arms = all.filter(({ passthrough }) => !passthrough);
  if (arms.length === 0) return null;
  const weights = weightsOf(experiment, arms);
  const isSticky = usesSticky(rule, parts.sticky);
  const variants = arms.map((arm, at) =>
    armFile(arm, shareText(weights[at] ?? 0), { slots: { [slot]: literal(experiment.variations[arm.index] ?? null) } }),
  );
  return {
    ...(typeof rule.raw.name === "string" ? { description: rule.raw.name } : {}),
    kind: arms.length > 1 ? "experiment" : "rollout",
    ...audienceOf(rule, where, parts),
    ...hashingOf(rule, experiment.seed ?? experiment.key, isSticky, where, parts),
    ...filtersOf(rule, where, parts),
    ...(isSticky && isNamed(rule) ? stickinessOf(rule, where, parts.tell) : {}),
    variants,
  };
}
