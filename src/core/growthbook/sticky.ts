import { isObject, type Json, type JsonObject } from "../json.ts";
import type { Split } from "./payload.ts";
import { fallbackOf, hashAttributeOf, isEmpty, type Person } from "./person.ts";

/** GrowthBook's sticky bucket documents by `attribute||value`: variation keys by `experiment__version`. */
export type StickyBuckets = Map<string, Readonly<Record<string, string>>>;

export interface StickyFinding {
  /** The variation kept from before; -1 for none. */
  readonly variation: number;
  /** Enrolled below `minBucketVersion`: kept out. */
  readonly isBlocked: boolean;
}

const none: StickyFinding = { variation: -1, isBlocked: false };
const blocked: StickyFinding = { variation: -1, isBlocked: true };

/** What sticky buckets say of a person in an experiment. */
export function findSticky(experiment: Split & { readonly key: string }, person: Person): StickyFinding {
  if (person.sticky === null || experiment.disableStickyBucketing) return none;
  const assignments = assignmentsOf(experiment, person, person.sticky);
  const inVersion = (version: number) => assignments[`${experiment.key}__${version}`];
  for (let version = 0; version < experiment.minBucketVersion; version += 1) {
    if (inVersion(version) !== undefined) return blocked;
  }
  const key = inVersion(experiment.bucketVersion);
  const variation = key === undefined ? -1 : (experiment.meta ?? []).findIndex((meta) => meta.key === key);
  return variation < 0 ? none : { variation, isBlocked: false };
}

/** The fallback's documents, and over them those of the attribute itself. */
function assignmentsOf(split: Split, person: Person, buckets: StickyBuckets): Readonly<Record<string, string>> {
  const own = hashAttributeOf(person, split.hashAttribute, null);
  const fallback = hashAttributeOf(person, split.fallbackAttribute ?? "id", null);
  return {
    ...(isEmpty(fallback.hashValue) ? {} : buckets.get(stickyKey(fallback.hashAttribute, fallback.hashValue))),
    ...buckets.get(stickyKey(own.hashAttribute, own.hashValue)),
  };
}

/** Remembers a variation for whom it was given to. */
export function keepSticky(experiment: Split & { readonly key: string }, variationKey: string, person: Person): void {
  if (person.sticky === null || experiment.disableStickyBucketing) return;
  const { hashAttribute, hashValue } = hashAttributeOf(
    person,
    experiment.hashAttribute,
    fallbackOf(person, experiment),
  );
  const key = stickyKey(hashAttribute, hashValue);
  const before = person.sticky.get(key) ?? {};
  person.sticky.set(key, { ...before, [`${experiment.key}__${experiment.bucketVersion}`]: variationKey });
}

const stickyKey = (attribute: string, value: Json): string =>
  `${attribute}||${typeof value === "string" ? value : JSON.stringify(value)}`;

/** Reads documents, as a list of them or by key. */
export function stickyBucketsOf(documents: Json): StickyBuckets {
  const buckets: StickyBuckets = new Map();
  const entries: readonly (readonly [string | null, Json])[] = Array.isArray(documents)
    ? documents.map((document: Json) => [null, document] as const)
    : Object.entries(isObject(documents) ? documents : {});
  for (const [key, document] of entries) {
    if (!isObject(document)) continue;
    const { attributeName, attributeValue, assignments } = document;
    const named = typeof attributeName === "string" ? stickyKey(attributeName, attributeValue ?? "") : "";
    buckets.set(key ?? named, textMembers(isObject(assignments) ? assignments : {}));
  }
  return buckets;
}

const textMembers = (members: JsonObject): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(members).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );

/** The documents again, by key. */
export const stickyDocuments = (buckets: StickyBuckets): JsonObject =>
  Object.fromEntries(
    [...buckets].map(([key, assignments]) => {
      const at = key.indexOf("||");
      return [key, { attributeName: key.slice(0, at), attributeValue: key.slice(at + 2), assignments }];
    }),
  );
