import type { Json } from "../json.ts";
import { fractionOf } from "./fraction.ts";
import type { Experiment, ParentCondition, VariationMeta } from "./payload.ts";
import {
  conditionHolds,
  type Evaluation,
  fallbackOf,
  hashAttributeOf,
  hashText,
  inNamespace,
  isEmpty,
  isFilteredOut,
} from "./person.ts";
import { bucketRanges, chooseVariation } from "./ranges.ts";
import { findSticky, keepSticky } from "./sticky.ts";
import { findsIn, isUrlTargeted } from "./url-target.ts";

/** What GrowthBook's SDKs answer to `run`: members and their meaning are theirs. */
export interface ExperimentResult {
  readonly key: string;
  readonly featureId: string | null;
  readonly inExperiment: boolean;
  readonly hashUsed: boolean;
  readonly variationId: number;
  readonly value: Json;
  readonly hashAttribute: string;
  readonly hashValue: Json;
  readonly stickyBucketUsed: boolean;
  readonly name?: string;
  /** The hash, as a fraction of 1; only where it was used. */
  readonly bucket?: number;
  readonly passthrough?: true;
}

export type ParentsOpen = (parents: readonly ParentCondition[]) => boolean;

/** How the way through an experiment ended. */
interface Outcome {
  readonly variation: number;
  readonly isHashed: boolean;
  readonly bucket: number | null;
  readonly isSticky: boolean;
}

const out: Outcome = { variation: -1, isHashed: false, bucket: null, isSticky: false };
const forced = (variation: number): Outcome => ({ ...out, variation });

/**
 * Runs an experiment as GrowthBook's SDK does. The variation is remembered in the person's sticky buckets.
 *
 * @param featureId the feature whose rule it is, or `null`.
 * @param parentsOpen whether other features are as the experiment requires.
 * @see https://docs.growthbook.io/lib/build-your-own#experiment-evaluation
 */
export function runExperiment(
  experiment: Experiment,
  featureId: string | null,
  evaluation: Evaluation,
  parentsOpen: ParentsOpen,
): ExperimentResult {
  const outcome = outcomeOf(experiment, evaluation, parentsOpen);
  const result = resultOf(experiment, outcome, featureId, evaluation);
  if (outcome.isHashed) keepSticky(experiment, result.key, evaluation.person);
  return result;
}

function outcomeOf(experiment: Experiment, evaluation: Evaluation, parentsOpen: ParentsOpen): Outcome {
  const { person } = evaluation;
  const { key, variations, urlPatterns } = experiment;
  if (variations.length < 2 || !person.enabled) return out;
  if (urlPatterns !== null && !isUrlTargeted(person.url, urlPatterns)) return out;
  const fromUrl = variationInUrl(key, person.url, variations.length);
  if (fromUrl !== null) return forced(fromUrl);
  if (Object.hasOwn(person.forcedVariations, key)) return forced(indexOf(person.forcedVariations[key]));
  if (experiment.status === "draft" || !experiment.active) return out;
  return bucketed(experiment, evaluation, parentsOpen);
}

const indexOf = (value: Json | undefined): number => (typeof value === "number" ? value : -1);

function bucketed(experiment: Experiment, evaluation: Evaluation, parentsOpen: ParentsOpen): Outcome {
  const { person } = evaluation;
  const { hashValue } = hashAttributeOf(person, experiment.hashAttribute, fallbackOf(person, experiment));
  if (isEmpty(hashValue)) return out;
  const value = hashText(hashValue);
  const sticky = findSticky(experiment, person);
  const isKept = sticky.variation >= 0;
  if (!isKept && !mayEnter(experiment, value, evaluation, parentsOpen)) return out;
  if (experiment.url !== null && !isOnUrl(experiment.url, person.url)) return out;
  const bucket = fractionOf(experiment.seed ?? experiment.key, value, experiment.hashVersion);
  if (bucket === null) return out;
  if (sticky.isBlocked) return { ...out, isSticky: true };
  const variation = isKept ? sticky.variation : chooseVariation(bucket, rangesOf(experiment));
  if (variation < 0) return out;
  if (experiment.force !== null) return forced(experiment.force[0]);
  if (person.qaMode || experiment.status === "stopped") return out;
  return { variation, isHashed: true, bucket, isSticky: isKept };
}

/** What somebody must pass who is not enrolled already. */
function mayEnter(experiment: Experiment, value: string, evaluation: Evaluation, parentsOpen: ParentsOpen): boolean {
  const { filters, namespace, condition, parentConditions, groups } = experiment;
  const isFiltered =
    filters === null ? namespace !== null && !inNamespace(value, namespace) : isFilteredOut(filters, evaluation.person);
  if (isFiltered) return false;
  if (isGiven(condition) && !conditionHolds(condition, evaluation)) return false;
  if (!parentsOpen(parentConditions)) return false;
  // Groups are named by code alone; asked from outside, nobody is in one.
  return groups === null;
}

/** Whether JavaScript takes a condition for one. */
export const isGiven = (condition: Json): boolean => !isEmpty(condition);

/** What each variation owns. */
export const rangesOf = ({ ranges, variations, coverage, weights }: Experiment) =>
  ranges ?? bucketRanges(variations.length, coverage ?? undefined, weights);

function resultOf(
  experiment: Experiment,
  { variation, isHashed, bucket, isSticky }: Outcome,
  featureId: string | null,
  { person }: Evaluation,
): ExperimentResult {
  const inExperiment = variation >= 0 && variation < experiment.variations.length;
  const variationId = inExperiment ? variation : 0;
  const meta: Partial<VariationMeta> = experiment.meta?.[variationId] ?? {};
  return {
    key: meta.key ?? String(variationId),
    featureId,
    inExperiment,
    hashUsed: isHashed,
    variationId,
    value: experiment.variations[variationId] ?? null,
    ...hashAttributeOf(person, experiment.hashAttribute, fallbackOf(person, experiment)),
    stickyBucketUsed: isSticky,
    ...(meta.name ? { name: meta.name } : {}),
    ...(bucket === null ? {} : { bucket }),
    ...(meta.passthrough ? { passthrough: true } : {}),
  };
}

/** The variation that a page's address asks for, as `?key=1`; `null` for none. */
function variationInUrl(key: string, url: string, count: number): number | null {
  const search = url.split("?")[1] ?? "";
  const asked = search
    .replace(/#.*/, "")
    .split("&")
    .map((pair) => pair.split("=", 2))
    .find(([name]) => name === key);
  const variation = Number.parseInt(asked?.[1] ?? "", 10);
  return search !== "" && variation >= 0 && variation < count ? variation : null;
}

const isOnUrl = (source: string, url: string): boolean =>
  url !== "" && findsIn(source, [url, url.replace(/^https?:\/\//, "").replace(/^[^/]*\//, "/")]);
