import { isObject, type Json, type JsonObject } from "../json.ts";
import { fail, ok, type Result } from "../result.ts";
import { evalFeature, type FeatureResult, parentsHold } from "./feature-value.ts";
import { parseExperiment, parsePayload } from "./parse-payload.ts";
import type { Experiment, Payload } from "./payload.ts";
import type { Evaluation, Person } from "./person.ts";
import { type ExperimentResult, runExperiment } from "./run-experiment.ts";
import { stickyBucketsOf, stickyDocuments } from "./sticky.ts";

/** A question to GrowthBook's SDK. Everything beside `growthbook` may also stand inside it. */
export interface GrowthbookRequest extends JsonObject {
  /** A payload, or some features, and perhaps an `experiment` to run. */
  readonly growthbook: JsonObject;
}

/** What the SDK would answer. `everything` when neither a feature nor an experiment was asked for. */
export type GrowthbookAnswer =
  | { readonly kind: "feature"; readonly result: FeatureResult; readonly stickyBuckets: JsonObject | null }
  | { readonly kind: "experiment"; readonly result: ExperimentResult; readonly stickyBuckets: JsonObject | null }
  | { readonly kind: "everything"; readonly result: Everything; readonly stickyBuckets: JsonObject | null };

export interface Everything {
  readonly features: Readonly<Record<string, FeatureResult>>;
  readonly experiments: readonly ExperimentResult[];
}

/**
 * Answers as `@growthbook/growthbook` 1.8 (specification 0.8.0) does, from the payload and attributes alone.
 *
 * Sticky buckets take part when the request has them, even if empty; the answer then holds them as they are afterwards.
 *
 * @returns what is wrong with the request, in words, when it can't be answered.
 */
export function evaluateGrowthbook(request: GrowthbookRequest): Result<GrowthbookAnswer, string> {
  const asked: JsonObject = { ...request.growthbook, ...request };
  const payload = payloadOf(request.growthbook);
  if (!payload.ok) return payload;
  const evaluation: Evaluation = { payload: payload.value, person: personOf(asked) };
  const answer = answerOf(asked, evaluation);
  if (!answer.ok) return answer;
  const { sticky } = evaluation.person;
  return ok({ ...answer.value, stickyBuckets: sticky && stickyDocuments(sticky) });
}

type Bare = {
  readonly [K in GrowthbookAnswer["kind"]]: Omit<Extract<GrowthbookAnswer, { kind: K }>, "stickyBuckets">;
}[GrowthbookAnswer["kind"]];

function answerOf(asked: JsonObject, evaluation: Evaluation): Result<Bare, string> {
  const { feature, experiment } = asked;
  if (typeof feature === "string") return ok({ kind: "feature", result: evalFeature(feature, evaluation) });
  if (feature !== undefined && feature !== null) return fail("`feature` is a feature's key");
  if (isObject(experiment)) return answerToRun(experiment, evaluation);
  if (experiment !== undefined && experiment !== null) return fail("`experiment` is an object");
  return ok({ kind: "everything", result: everything(evaluation) });
}

function answerToRun(value: JsonObject, evaluation: Evaluation): Result<Bare, string> {
  const experiment = parseExperiment(value, () => {});
  if (experiment === null) return fail("an experiment needs `key` and a list of `variations`");
  return ok({ kind: "experiment", result: run(experiment, evaluation) });
}

const run = (experiment: Experiment, evaluation: Evaluation): ExperimentResult =>
  runExperiment(experiment, null, evaluation, (parents) => parentsHold(parents, evaluation, new Set()) === "open");

function everything(evaluation: Evaluation): Everything {
  const { features, experiments } = evaluation.payload;
  return {
    features: Object.fromEntries(Object.keys(features).map((id) => [id, evalFeature(id, evaluation)])),
    experiments: experiments.filter(({ manual }) => !manual).map((experiment) => run(experiment, evaluation)),
  };
}

/** Payloads already read: whoever holds one asks it about many people. */
const known = new WeakMap<JsonObject, Payload>();

function payloadOf(value: JsonObject): Result<Payload, string> {
  const before = known.get(value);
  if (before !== undefined) return ok(before);
  const parsed = parsePayload(value, () => {});
  if (parsed.ok) known.set(value, parsed.value);
  return parsed;
}

function personOf(asked: JsonObject): Person {
  const sticky = asked.stickyBuckets ?? asked.stickyBucketAssignmentDocs ?? null;
  return {
    attributes: { ...objectOr(asked.attributes), ...objectOr(asked.attributeOverrides) },
    url: typeof asked.url === "string" ? asked.url : "",
    forcedVariations: objectOr(asked.forcedVariations),
    forcedFeatures: objectOr(asked.forcedFeatures),
    qaMode: asked.qaMode === true,
    enabled: asked.enabled !== false,
    sticky: sticky === null ? null : stickyBucketsOf(sticky),
  };
}

const objectOr = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});
