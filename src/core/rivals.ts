import type { Draft } from "./draft.ts";
import { isSlotPlace, placesOf } from "./place.ts";
import { operationsOf } from "./plan.ts";
import { overlap } from "./route-pattern.ts";

/** Two experiences that would change the same place on the same page. */
export interface Conflict {
  readonly winner: string;
  readonly loser: string;
  readonly place: string;
}

/**
 * Finds experiences that change the same place on a request that both can touch (apps ask for slots wherever they are), unless
 * they share a layer: then no visitor is in both. Each loser is named once per place, with the first whom it stands back for.
 *
 * @param keys by precedence: the earlier wins.
 */
export function conflictsIn(draft: Draft, keys: readonly string[]): readonly Conflict[] {
  const claims = new Map<string, string[]>();
  const conflicts: Conflict[] = [];
  for (const key of keys) {
    const experience = draft.experiences[key];
    if (experience === undefined || !experience.enabled) continue;
    for (const place of placesOf(experience.variants, (variant) => operationsOf(variant, draft.slots))) {
      const earlier = claims.get(place) ?? [];
      const winner = earlier.find((other) => meet(draft, other, key, place));
      if (winner !== undefined) conflicts.push({ winner, loser: key, place });
      earlier.push(key);
      claims.set(place, earlier);
    }
  }
  return conflicts;
}

function meet(draft: Draft, one: string, other: string, place: string): boolean {
  const a = draft.experiences[one];
  const b = draft.experiences[other];
  if (a === undefined || b === undefined) return false;
  if (a.layer !== null && b.layer !== null && a.layer.key === b.layer.key) return false;
  return isSlotPlace(place) || a.routes.some((left) => b.routes.some((right) => overlap(left, right)));
}

/**
 * The places of each experience that some other one changes too, by experience key: empty for most.
 *
 * While deciding, whoever is given a variant holds them, and who comes later stands back. Nothing is compared pair by pair:
 * experiences that are asked on the same request do meet, and those of one layer are never both given.
 */
export function contestedPlaces(draft: Draft): ReadonlyMap<string, readonly string[]> {
  const claims = new Map<string, number>();
  const places = new Map<string, ReadonlySet<string>>();
  for (const [key, experience] of Object.entries(draft.experiences)) {
    const own = placesOf(experience.variants, (variant) => operationsOf(variant, draft.slots));
    places.set(key, own);
    if (experience.enabled) for (const place of own) claims.set(place, (claims.get(place) ?? 0) + 1);
  }
  const isContested = (place: string): boolean => (claims.get(place) ?? 0) > 1;
  return new Map([...places].map(([key, own]) => [key, [...own].filter(isContested)]));
}
