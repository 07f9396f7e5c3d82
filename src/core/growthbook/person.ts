import type { CompiledCondition } from "../condition/compile.ts";
import { compileLeniently } from "../condition/compile.ts";
import { plainPaths } from "../condition/paths.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import { fractionOf } from "./fraction.ts";
import type { Filter, Payload, Split } from "./payload.ts";
import { inRange } from "./ranges.ts";
import type { StickyBuckets } from "./sticky.ts";

/** Whom GrowthBook's SDK is asked about, and what it was told besides. */
export interface Person {
  readonly attributes: JsonObject;
  readonly url: string;
  /** Variations by experiment key, as its developer tools force them. */
  readonly forcedVariations: Readonly<Record<string, Json>>;
  /** Values by feature, likewise. */
  readonly forcedFeatures: Readonly<Record<string, Json>>;
  /** Nobody is bucketed, only forced. */
  readonly qaMode: boolean;
  /** False: the SDK answers every experiment with the baseline. */
  readonly enabled: boolean;
  /** `null` when the SDK has no sticky bucket service. */
  readonly sticky: StickyBuckets | null;
}

/** An evaluation: a payload and a person. It lives for one answer. */
export interface Evaluation {
  readonly payload: Payload;
  readonly person: Person;
}

/** What a person is hashed by. An empty value is none: what is falsy in JavaScript, as GrowthBook has it. */
export interface HashAttribute {
  readonly hashAttribute: string;
  readonly hashValue: Json;
}

/** The attribute that is hashed, or the fallback where the person has no such attribute. */
export function hashAttributeOf({ attributes }: Person, name: string, fallback: string | null): HashAttribute {
  const value = attributeOf(attributes, name);
  const other = isEmpty(value) && fallback !== null ? attributeOf(attributes, fallback) : null;
  if (fallback !== null && other !== null && !isEmpty(other)) return { hashAttribute: fallback, hashValue: other };
  return { hashAttribute: name, hashValue: isEmpty(value) ? "" : value };
}

const attributeOf = (attributes: JsonObject, name: string): Json =>
  Object.hasOwn(attributes, name) ? (attributes[name] ?? null) : null;

/** Whether there is nothing to hash. */
export const isEmpty = (value: Json): boolean => value === null || value === "" || value === 0 || value === false;

/** The fallback counts only where sticky buckets do. */
export const fallbackOf = ({ sticky }: Person, split: Split): string | null =>
  sticky !== null && !split.disableStickyBucketing ? split.fallbackAttribute : null;

/** A value as it is hashed. */
export const hashText = (value: Json): string => (typeof value === "string" ? value : String(value));

/** Whether some filter keeps the person out. */
export const isFilteredOut = (filters: readonly Filter[], person: Person): boolean =>
  filters.some((filter) => {
    const { hashValue } = hashAttributeOf(person, filter.attribute, null);
    if (isEmpty(hashValue)) return true;
    const fraction = fractionOf(filter.seed, hashText(hashValue), filter.hashVersion);
    return fraction === null || !filter.ranges.some((range) => inRange(fraction, range));
  });

/** Whether a namespace holds a hashed value. */
export function inNamespace(value: string, [id, from, to]: NonNullable<Split["namespace"]>): boolean {
  const fraction = fractionOf(`__${id}`, value, 1);
  return fraction !== null && inRange(fraction, [from, to]);
}

/** Whether a condition holds for the person's attributes. */
export const conditionHolds = (condition: Json, { person, payload }: Evaluation): boolean =>
  holds(condition, person.attributes, payload);

/** Conditions of payloads, compiled once: a pipeline asks the same payload about many people. */
const compiled = new WeakMap<
  object,
  { readonly groups: JsonObject; readonly test: CompiledCondition<unknown>["test"] }
>();

export function holds(condition: Json, facts: JsonObject, { savedGroups }: Payload): boolean {
  if (!isObject(condition)) return compileLeniently(condition, options(savedGroups)).test(facts);
  const known = compiled.get(condition);
  if (known !== undefined && known.groups === savedGroups) return known.test(facts);
  const { test } = compileLeniently(condition, options(savedGroups));
  compiled.set(condition, { groups: savedGroups, test });
  return test(facts);
}

const options = (groups: JsonObject) => ({ resolve: plainPaths, groups });
