import { rangesOf } from "../allocation.ts";
import type { Draft, Experience, Range } from "../draft.ts";
import { holdbackArm } from "../experience.ts";
import type { HashVersion } from "../hash.ts";

/**
 * What one hash says of a visitor's place in an experience: nothing against them (`pass`), kept out for good (`out`), kept
 * out unless they were enrolled before (`unenrolled`), outside the coverage (`none`), or in an arm.
 */
export type Standing = "pass" | "out" | "unenrolled" | "none" | Arm;
export interface Arm {
  readonly arm: string;
}

export const isArm = (standing: Standing): standing is Arm => typeof standing === "object";

/** One thing that is hashed for an experience, with what each of its ranges means. */
export interface Dimension {
  /** Two dimensions with the same hash see the same bucket of a visitor. */
  readonly hash: string;
  /** How far apart the hash's places lie: version 1 knows only every tenth. */
  readonly step: 1 | 10;
  readonly parts: readonly { readonly ranges: readonly Range[]; readonly gives: Standing }[];
  readonly otherwise: Standing;
}

const rank = (standing: Standing): number => {
  if (isArm(standing)) return standing.arm === holdbackArm ? 2 : 1;
  return standing === "out" ? 4 : standing === "unenrolled" ? 3 : standing === "none" ? 1 : 0;
};

/** What two hashes say together: the gate that is asked first has the word. */
export const together = (one: Standing, other: Standing): Standing => (rank(other) > rank(one) ? other : one);

/** Everything that is hashed to decide on an experience: holdouts, layer, namespace, filters, holdback and the split itself. */
export function dimensionsOf(key: string, experience: Experience, draft: Draft): readonly Dimension[] {
  const { seed, hashVersion, holdbackBps } = experience;
  const unit = `${experience.unit}>${experience.fallbackUnit ?? experience.unit}`;
  const hashed = (version: HashVersion, of: string, by: string) => ({
    hash: JSON.stringify([version, of, by]),
    step: version === 1 ? (10 as const) : (1 as const),
  });
  const only = (of: Pick<Dimension, "hash" | "step">, ranges: readonly Range[], otherwise: Standing): Dimension => ({
    ...of,
    parts: [{ ranges, gives: "pass" }],
    otherwise,
  });
  return [
    ...holdoutsOver(key, draft).map(
      (holdout): Dimension => ({
        ...hashed(2, `${holdout.unit}>${holdout.unit}`, holdout.seed),
        parts: [{ ranges: [[0, holdout.coverageBps]], gives: "out" }],
        otherwise: "pass",
      }),
    ),
    ...layerOf(experience, draft).map(({ layer, ranges }) =>
      only(hashed(2, `${layer.unit}>${layer.unit}`, layer.seed), ranges, "out"),
    ),
    ...(experience.namespace === null ? [] : [experience.namespace]).map(({ id, from, to }) =>
      only(hashed(1, unit, `__${id}`), [[from * 10_000, to * 10_000]], "unenrolled"),
    ),
    ...experience.filters.map((filter) =>
      only(hashed(filter.hashVersion, `${filter.unit}>${filter.unit}`, filter.seed), inBuckets(filter.ranges), "out"),
    ),
    {
      ...hashed(2, unit, `${seed}:holdback`),
      parts: [{ ranges: [[0, holdbackBps]], gives: { arm: holdbackArm } }],
      otherwise: "pass",
    },
    { ...hashed(hashVersion, unit, seed), parts: armsOf(experience), otherwise: "none" },
  ];
}

const holdoutsOver = (key: string, { holdouts }: Draft) =>
  Object.values(holdouts).filter(({ scope }) => scope === null || scope.includes(key));

function layerOf({ layer }: Experience, { layers }: Draft) {
  const found = layer !== null && Object.hasOwn(layers, layer.key) ? layers[layer.key] : undefined;
  return layer === null || found === undefined ? [] : [{ layer: found, ranges: layer.ranges }];
}

const inBuckets = (ranges: readonly (readonly [number, number])[]): readonly Range[] =>
  ranges.map(([from, to]) => [from * 10_000, to * 10_000]);

function armsOf({ variants, coverageBps }: Experience): Dimension["parts"] {
  const derived = rangesOf(
    variants.map(({ weightBps }) => weightBps),
    coverageBps,
  );
  return variants.map(({ key, ranges }, at) => ({ ranges: ranges ?? derived[at] ?? [], gives: { arm: key } }));
}
