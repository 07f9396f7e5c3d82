import type { FoldedEvent } from "./fold.ts";
import type { Json } from "./json.ts";
import type { Affinity } from "./learning.ts";
import type { Profile } from "./profile.ts";

export const interestBounds = {
  /** The newest days on which something was turned to. */
  days: 40,
  /** Values a day, in the order of their code units. */
  aDay: 24,
  characters: 60,
  valuesAnEvent: 10,
};

/**
 * A share is held back until so much weight is there, so that one page seen is no passion: after one view the only value
 * there is has 1/3, after ten 10/12.
 */
const doubt = 2;
const dayMs = 86_400_000;

type Interests = NonNullable<Profile["interests"]>;
type Affinities = Readonly<Record<string, Affinity>>;

/** With what an event says of every dimension. The same list when it says nothing. */
export function addInterests(before: Interests, event: FoldedEvent, affinities: Affinities): Interests {
  const added = weightsOf(event, affinities);
  if (added.size === 0) return before;
  const day = Math.floor(event.atMs / dayMs);
  const own = new Map(Object.entries(before.find(([at]) => at === day)?.[1] ?? {}));
  for (const [key, weight] of added) own.set(key, (own.get(key) ?? 0) + weight);
  const kept = [...own].sort(([one], [other]) => (one < other ? -1 : 1)).slice(0, interestBounds.aDay);
  const days = [...before.filter(([at]) => at !== day), [day, Object.fromEntries(kept)] as const];
  return days.sort(([one], [other]) => one - other).slice(-interestBounds.days);
}

function weightsOf({ name, props = {} }: FoldedEvent, affinities: Affinities): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const [dimension, { of, events }] of Object.entries(affinities)) {
    const weight = Object.hasOwn(events, name) ? events[name] : undefined;
    if (weight === undefined || !Object.hasOwn(props, of)) continue;
    for (const value of valuesIn(props[of])) weights.set(`${dimension}.${value}`, weight);
  }
  return weights;
}

const valuesIn = (value: Json | undefined): readonly string[] =>
  [value]
    .flat()
    .slice(0, interestBounds.valuesAnEvent)
    .filter((each) => typeof each === "string" && each.trim() !== "")
    .map((each) => String(each).trim().toLowerCase().slice(0, interestBounds.characters));

/**
 * Affinities now, 0 … 1, by `<dimension>.<value>`: the value's share of the dimension's weight, each day's halved every
 * `halfLifeDays`. Decay belongs to reading: what is stored are sums of integers, so that the order of folding never shows,
 * and another half-life needs no new folding.
 */
export function affinitiesNow(interests: Interests, affinities: Affinities, nowMs: number): Record<string, number> {
  const today = nowMs / dayMs;
  const weights = new Map<string, number>();
  const totals = new Map<string, number>();
  for (const [day, own] of interests) {
    for (const [key, weight] of Object.entries(own)) {
      const dimension = key.slice(0, key.indexOf("."));
      const halfLifeDays = Object.hasOwn(affinities, dimension) ? affinities[dimension]?.halfLifeDays : undefined;
      if (halfLifeDays === undefined) continue;
      const left = weight * 2 ** (-Math.max(0, today - day - 1) / halfLifeDays);
      weights.set(key, (weights.get(key) ?? 0) + left);
      totals.set(dimension, (totals.get(dimension) ?? 0) + left);
    }
  }
  const share = ([key, weight]: [string, number]) => {
    const total = totals.get(key.slice(0, key.indexOf("."))) ?? 0;
    return [key, Math.round((weight / (total + doubt)) * 10_000) / 10_000] as const;
  };
  return Object.fromEntries([...weights].map(share));
}
