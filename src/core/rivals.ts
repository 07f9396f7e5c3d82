import type { Draft } from "./draft.ts";
import type { CompiledExperience } from "./experience.ts";
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
 * Finds experiences that change the same place on a request that both can touch (apps ask for slots wherever they are), unless they share a layer (then no visitor
 * is in both). The cost follows how many share a place, not how many exist.
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
      for (const winner of earlier) if (meet(draft, winner, key, place)) conflicts.push({ winner, loser: key, place });
      claims.set(place, [...earlier, key]);
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

/** Tells each experience whom it stands back for. */
export function markRivals(experiences: readonly CompiledExperience[], draft: Draft): readonly CompiledExperience[] {
  const byKey = new Map(experiences.map((experience) => [experience.key, experience]));
  for (const { winner, loser } of conflictsIn(draft, [...byKey.keys()])) {
    const [ahead, behind] = [byKey.get(winner), byKey.get(loser)];
    if (ahead !== undefined && behind !== undefined && !behind.rivals.includes(ahead)) {
      behind.rivals = [...behind.rivals, ahead];
    }
  }
  return experiences;
}
