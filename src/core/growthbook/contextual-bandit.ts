import { isObject, type Json, type JsonObject } from "../json.ts";
import type { Experiment, Rule } from "./payload.ts";
import { conditionHolds, type Evaluation } from "./person.ts";
import { equalWeights } from "./ranges.ts";

/** An experiment with the weights that a contextual bandit has for this person, and what is told of it. */
export interface Bandit {
  readonly experiment: Experiment;
  readonly context: JsonObject | null;
}

/**
 * GrowthBook's contextual bandits: the first context whose condition holds gives the weights; those of the rule are the
 * fallback, told as leaf -1.
 */
export function banditOf(rule: Rule, experiment: Experiment, evaluation: Evaluation): Bandit {
  const { contextualBandits } = evaluation.payload;
  const { contextualBanditRef: name } = rule;
  const definition = name !== null && Object.hasOwn(contextualBandits, name) ? contextualBandits[name] : null;
  if (!isObject(definition)) return { experiment, context: null };
  const leaf = leafOf(definition.contexts ?? null, evaluation);
  const weights = leaf?.weights ?? experiment.weights ?? equalWeights(experiment.variations.length);
  const version = definition.banditVersion === undefined ? {} : { banditVersion: definition.banditVersion };
  const context = { leafId: leaf?.leafId ?? -1, variationWeights: weights, ...version };
  if (leaf === null) return { experiment, context };
  return { experiment: { ...experiment, weights, raw: { ...experiment.raw, weights } }, context };
}

interface Leaf {
  readonly leafId: Json;
  readonly weights: readonly number[];
}

function leafOf(contexts: Json, evaluation: Evaluation): Leaf | null {
  if (!Array.isArray(contexts)) return null;
  const found = (contexts as readonly Json[])
    .filter(isObject)
    .find(({ condition }) => conditionHolds(condition || {}, evaluation));
  if (found === undefined || !Array.isArray(found.weights)) return null;
  return { leafId: found.leafId ?? null, weights: (found.weights as readonly Json[]).map(Number) };
}
