import { shareText } from "../../config/share.ts";
import { isObject, type Json, type JsonObject } from "../../json.ts";
import { pointerOf } from "../../problem.ts";
import type { AutoExperiment } from "../payload.ts";
import { allOf } from "./import-condition.ts";
import type { FeatureParts } from "./import-feature.ts";
import {
  type Arm,
  armFile,
  armsOf,
  filtersOf,
  hashingOf,
  isKnownHash,
  isNamed,
  stickinessOf,
  usesSticky,
  weightsOf,
} from "./import-split.ts";
import { operationsOf } from "./mutations.ts";
import { beforeRule, prerequisitesFile } from "./prerequisites.ts";
import { targetingOf } from "./url-routes.ts";

export interface ExperimentParts extends FeatureParts {
  /** Where a redirect leads, as the file writes it. */
  readonly locationOf: (url: string) => string;
}

/** Turns an experiment on pages into an experience; `null`, and told, when it can reach nobody or needs a script. */
export function importExperiment(experiment: AutoExperiment, where: string, parts: ExperimentParts): JsonObject | null {
  const { tell } = parts;
  const why = leftOut(experiment);
  const before = beforeRule(experiment.parentConditions, null, where, parts);
  if (why !== null || before.prerequisites === null) {
    tell(where, why ?? "requires what can't be", "It is left out: it applies to nobody.");
    return null;
  }
  const { routes, audience: pages } = targetingOf(experiment.urlPatterns, where, tell);
  const who = parts.conditions.of(experiment.condition, `${where}/condition`);
  const audience = allOf([pages, who, oldUrlOf(experiment)].filter((each) => each !== null));
  const isSticky = usesSticky(experiment, parts.sticky);
  // Who is enrolled is let past the audience, and must not be let past the pages.
  const stays = isSticky && isNamed(experiment) && pages === null && experiment.url === null;
  if (isSticky && isNamed(experiment) && !stays)
    tell(
      where,
      "sticky buckets were not carried over",
      "Its pages are told by a condition; name them as `routes` and add `sticky: visitor`.",
    );
  return {
    ...(experiment.name === null ? {} : { description: experiment.name }),
    kind: "experiment",
    ...(isRunning(experiment) ? {} : { enabled: false }),
    routes,
    ...(Object.keys(audience).length === 0 ? {} : { audience }),
    ...hashingOf(experiment, experiment.seed ?? experiment.key, isSticky, where, parts),
    ...filtersOf(experiment, where, parts),
    ...(stays ? stickinessOf(experiment, where, tell) : {}),
    ...prerequisitesFile(before.prerequisites),
    variants: variantsOf(experiment, where, parts),
  };
}

/** A stopped one runs on where a winner was named, for everyone who entered. */
const isRunning = ({ active, status, force }: AutoExperiment): boolean =>
  active && status !== "draft" && (status !== "stopped" || force !== null);

function leftOut(experiment: AutoExperiment): string | null {
  if (experiment.manual) return "waits for a script to start it";
  if (experiment.variations.length < 2) return "has fewer than two variations";
  if (!isKnownHash(experiment)) return "has a version of the hash that GrowthBook's SDKs don't know";
  return experiment.groups === null ? null : "is for groups that only code can name";
}

/** Targeting as it was before `urlPatterns`: a regular expression, found in the URL or in its path. */
function oldUrlOf({ url }: AutoExperiment): JsonObject | null {
  return url === null ? null : { $or: [{ "context.url": { $regex: url } }, { "context.target": { $regex: url } }] };
}

function variantsOf(experiment: AutoExperiment, where: string, parts: ExperimentParts): Json {
  const arms = armsOf(experiment);
  const weights = weightsOf(experiment, arms);
  return arms.map((arm, at) => {
    const here = where + pointerOf("variations", arm.index);
    return armFile(arm, shareText(weights[at] ?? 0), changesOf(arm, experiment, here, parts));
  });
}

function changesOf(arm: Arm, experiment: AutoExperiment, where: string, parts: ExperimentParts): JsonObject {
  const variation = experiment.variations[arm.index] ?? null;
  if (!isObject(variation) || arm.passthrough) return {};
  const { urlRedirect } = variation;
  if (typeof urlRedirect === "string" && urlRedirect !== "") {
    if (experiment.raw.persistQueryString === true)
      parts.tell(where, "`persistQueryString` was not carried over", "The redirect leads to just this URL.");
    return { redirect: parts.locationOf(urlRedirect) };
  }
  const operations = operationsOf(variation, where, parts.tell);
  return operations.length === 0 ? {} : { operations };
}
