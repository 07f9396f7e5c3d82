import type { Json, JsonObject } from "../json.ts";
import type { FractionRange } from "./ranges.ts";

/**
 * GrowthBook's SDK payload, as far as it decides something.
 *
 * @see https://docs.growthbook.io/lib/build-your-own
 */
export interface Payload {
  readonly features: Readonly<Record<string, Feature>>;
  /** What its visual editor and URL redirects make: experiments that change pages by themselves. */
  readonly experiments: readonly AutoExperiment[];
  readonly savedGroups: JsonObject;
  readonly contextualBandits: JsonObject;
}

export interface Feature {
  /** `null` where there is none: it is GrowthBook's answer, too. */
  readonly defaultValue: Json;
  readonly rules: readonly Rule[];
}

/** The first rule of a feature that applies gives the value: outright (`force`), or by an experiment. */
export interface Rule extends Split {
  readonly id: string;
  readonly key: string | null;
  /** A list with the forced value, so that `null` can be forced; `null` for a rule that forces nothing. */
  readonly force: readonly [Json] | null;
  /** Of a forced value: who gets it; coverage in `Split`. */
  readonly range: FractionRange | null;
  readonly variations: readonly Json[] | null;
  readonly contextualBanditRef: string | null;
  /** Fields that decide nothing here, such as `tracks`. */
  readonly raw: JsonObject;
}

/** What rules and experiments have in common: who enters, by what they are hashed, and how they are split. */
export interface Split {
  /** Any JSON: what is no condition means what it means to GrowthBook's SDK. `null` for everyone. */
  readonly condition: Json;
  readonly parentConditions: readonly ParentCondition[];
  /** `null` is no filter at all, which leaves `namespace` to decide; an empty list is not. */
  readonly filters: readonly Filter[] | null;
  readonly namespace: readonly [id: string, from: number, to: number] | null;
  readonly hashAttribute: string;
  /** Used only with sticky buckets. */
  readonly fallbackAttribute: string | null;
  /** `null` is the key. */
  readonly seed: string | null;
  readonly hashVersion: number;
  readonly coverage: number | null;
  readonly weights: readonly number[] | null;
  readonly ranges: readonly FractionRange[] | null;
  readonly meta: readonly VariationMeta[] | null;
  readonly disableStickyBucketing: boolean;
  readonly bucketVersion: number;
  readonly minBucketVersion: number;
}

export interface Experiment extends Split {
  readonly key: string;
  readonly variations: readonly Json[];
  readonly urlPatterns: readonly UrlTarget[] | null;
  readonly active: boolean;
  readonly status: string | null;
  /** The variation that all get who enter; a list, as nothing at all may be forced. */
  readonly force: readonly [number] | null;
  /** Old style targeting, a regular expression. */
  readonly url: string | null;
  /** Old style targeting, by the names of groups that the SDK's user is said to be in. */
  readonly groups: readonly string[] | null;
  readonly raw: JsonObject;
}

export interface AutoExperiment extends Experiment {
  readonly manual: boolean;
  readonly name: string | null;
}

/** Another feature whose value must satisfy a condition, as `{"value": …}`. A gate that is shut ends the feature. */
export interface ParentCondition {
  readonly id: string;
  readonly condition: Json;
  readonly gate: boolean;
}

export interface Filter {
  readonly attribute: string;
  readonly seed: string;
  readonly hashVersion: number;
  readonly ranges: readonly FractionRange[];
}

export interface VariationMeta {
  readonly key: string | null;
  readonly name: string | null;
  /** Counted, but the value comes from the rules that follow: GrowthBook's holdouts. */
  readonly passthrough: boolean;
}

export interface UrlTarget {
  readonly include: boolean;
  readonly type: string;
  readonly pattern: string;
}
