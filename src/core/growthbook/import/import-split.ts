import type { Range } from "../../draft.ts";
import type { Bps } from "../../ids.ts";
import type { Json, JsonObject } from "../../json.ts";
import type { Experiment, Split } from "../payload.ts";
import { rangesOf } from "../run-experiment.ts";
import type { AttributeMap } from "./attribute-map.ts";
import { bucketsIn, sharesOf, withoutOverlaps } from "./buckets.ts";
import { Keys } from "./keys.ts";
import type { Tell } from "./notes.ts";

export interface SplitParts {
  readonly attributes: AttributeMap;
  readonly tell: Tell;
  /** Whether the app has a sticky bucket service; `null` when the payload is to tell. */
  readonly sticky: boolean | null;
}

/** What is hashed for an experience, and by what further hashes it is filtered: members of the configuration file. */
export function hashingOf(split: Split, seed: string, isSticky: boolean, where: string, parts: SplitParts): JsonObject {
  const { attributes } = parts;
  const unit = attributes.unitOf(split.hashAttribute, where);
  const fallback =
    isSticky && split.fallbackAttribute !== null ? attributes.unitOf(split.fallbackAttribute, where) : null;
  return {
    unit,
    ...(fallback === null || fallback === unit ? {} : { fallbackUnit: fallback }),
    seed,
    ...(split.hashVersion === 1 ? { hashVersion: 1 } : {}),
  };
}

/** Filters, and the namespace where there are none: GrowthBook then looks at no namespace. */
export function filtersOf(split: Split, where: string, { attributes }: SplitParts): JsonObject {
  if (split.filters === null) {
    if (split.namespace === null) return {};
    const [id, from, to] = split.namespace;
    return { namespace: { id, from: clamp(from), to: clamp(to) } };
  }
  return {
    filters: split.filters.map((filter) => ({
      seed: filter.seed,
      unit: attributes.unitOf(filter.attribute, where),
      hashVersion: filter.hashVersion,
      ranges: filter.ranges.map((range) => range.map(clamp)),
    })),
  };
}

/** No hash lies outside. */
const clamp = (fraction: number): number => Math.min(1, Math.max(0, fraction));

/** A hash that no SDK knows keeps everyone out. */
export const isKnownHash = (split: Split): boolean =>
  isVersion(split.hashVersion) && (split.filters ?? []).every(({ hashVersion }) => isVersion(hashVersion));

const isVersion = (version: number): boolean => version === 1 || version === 2;

/** Whether sticky buckets count for a rule or experiment, and with them the fallback: where it speaks of them. */
export function usesSticky(split: Split & { readonly raw: JsonObject }, sticky: boolean | null): boolean {
  const says = ["bucketVersion", "minBucketVersion", "fallbackAttribute"].some((name) =>
    Object.hasOwn(split.raw, name),
  );
  return (sticky ?? says) && !split.disableStickyBucketing;
}

/** Without names for its variations, GrowthBook finds nothing in a bucket again. */
export const isNamed = ({ meta }: Split): boolean => meta?.every(({ key }) => key !== null) ?? false;

export function stickinessOf(split: Split, where: string, tell: Tell): JsonObject {
  tell(
    where,
    "has sticky buckets, and those given so far are in no payload",
    "Visitors keep the variant of their hash; where that was changed under them, hand their buckets in as profiles.",
  );
  const { bucketVersion, minBucketVersion } = split;
  if (minBucketVersion > bucketVersion)
    tell(where, "`minBucketVersion` is above `bucketVersion`", "Raise the version; nobody could have stayed in it.");
  return { sticky: "visitor", version: bucketVersion, minVersion: Math.min(minBucketVersion, bucketVersion) };
}

/** The arms of an experiment: key, name, share and buckets. */
export interface Arm {
  readonly index: number;
  readonly key: string;
  readonly description: string;
  readonly passthrough: boolean;
  readonly ranges: readonly Range[];
}

/** Every variation with the very buckets that GrowthBook gives it. */
export function armsOf(experiment: Experiment): readonly Arm[] {
  const keys = new Keys("variant");
  const fractions = rangesOf(experiment);
  const found = withoutOverlaps(
    experiment.variations.map((_, index) => {
      const range = fractions[index];
      return range === undefined ? [] : bucketsIn(range, experiment.hashVersion);
    }),
  );
  const owned = experiment.force === null ? found : forced(found, experiment.force[0]);
  return experiment.variations.map((_, index) => ({
    index,
    key: keys.give(experiment.meta?.[index]?.key ?? String(index)),
    description: experiment.meta?.[index]?.name ?? "",
    passthrough: experiment.meta?.[index]?.passthrough ?? false,
    ranges: owned[index] ?? [],
  }));
}

/** Everyone who enters gets one variation. */
const forced = (ranges: readonly (readonly Range[])[], variation: number): readonly (readonly Range[])[] =>
  ranges.map((_, index) => (index === variation ? ranges.flat() : []));

/** The arms' shares of those who enter: by GrowthBook's own reading of weights, or by the ranges that stand instead. */
export function weightsOf(experiment: Experiment, arms: readonly Arm[]): readonly Bps[] {
  const owned = rangesOf({ ...experiment, coverage: 1 });
  return sharesOf(arms.map(({ index }) => Math.max(0, (owned[index]?.[1] ?? 0) - (owned[index]?.[0] ?? 0))));
}

/** An arm as the configuration file writes it. */
export const armFile = (arm: Arm, weight: string, changes: JsonObject): JsonObject => ({
  key: arm.key,
  ...(arm.description === "" ? {} : { description: arm.description }),
  weight,
  ranges: arm.ranges as Json,
  ...changes,
});
