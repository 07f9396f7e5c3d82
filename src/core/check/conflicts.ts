import type { Draft, Experience } from "../draft.ts";
import { type Problem, warning } from "../problem.ts";
import { at } from "./each.ts";
import { placesOf } from "./places.ts";
import { routesOverlap } from "./routes.ts";

/** More than this many warnings help nobody. */
const reportedAtMost = 50;

interface Named {
  readonly key: string;
  readonly experience: Experience;
}

/**
 * Experiences that would change the same place on the same request: warns about each pair once, and says who wins.
 *
 * Those that share a layer exclude one another, and those that are switched off change nothing.
 */
export function checkConflicts(draft: Draft): readonly Problem[] {
  const byPlace = new Map<string, { readonly words: string; readonly members: Named[] }>();
  for (const [key, experience] of Object.entries(draft.experiences)) {
    if (!experience.enabled) continue;
    for (const place of placesOf(experience, draft.slots)) {
      const group = byPlace.get(place.key) ?? { words: place.words, members: [] };
      group.members.push({ key, experience });
      byPlace.set(place.key, group);
    }
  }
  const seen = new Set<string>();
  const problems: Problem[] = [];
  for (const { words, members } of byPlace.values())
    for (const [winner, loser] of conflictingPairs(members)) {
      const pair = `${winner.key} ${loser.key}`;
      if (seen.has(pair)) continue;
      seen.add(pair);
      problems.push(conflict(winner, loser, words));
      if (problems.length === reportedAtMost) return [...problems, andMore];
    }
  return problems;
}

const andMore = warning(
  "/experiences",
  `More than ${reportedAtMost} pairs of experiences conflict.`,
  "Put them into layers.",
);

function* conflictingPairs(members: readonly Named[]): Generator<readonly [winner: Named, loser: Named]> {
  const ranked = [...members].sort((a, b) => b.experience.priority - a.experience.priority || (a.key < b.key ? -1 : 1));
  for (const [index, winner] of ranked.entries())
    for (const loser of ranked.slice(index + 1)) {
      if (canMeet(winner.experience, loser.experience)) yield [winner, loser];
    }
}

function canMeet(a: Experience, b: Experience): boolean {
  if (a.layer !== null && a.layer.key === b.layer?.key) return false;
  if (a.routes.length === 0 && b.routes.length === 0) return true;
  return a.routes.some((route) => b.routes.some((other) => routesOverlap(route, other)));
}

function conflict(winner: Named, loser: Named, words: string): Problem {
  const higher = winner.experience.priority > loser.experience.priority;
  const why = higher
    ? `its priority ${winner.experience.priority} is higher`
    : `both have priority ${winner.experience.priority}, and its key comes first`;
  return warning(
    at("experiences", loser.key),
    `"${winner.key}" and "${loser.key}" both change ${words}; a visitor of both sees "${winner.key}", as ${why}.`,
    "Put both into one layer, give the one that matters a higher priority, or change another place.",
  );
}
