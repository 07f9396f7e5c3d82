import type { Draft, Experience } from "../draft.ts";
import { type Problem, warning } from "../problem.ts";
import { type Conflict, conflictsIn } from "../rivals.ts";
import { at } from "./each.ts";
import { routesMeet } from "./routes.ts";

/** More than this many warnings help nobody. */
const reportedAtMost = 50;

/**
 * Experiences that would change the same place on the same request: warns about each pair once, and says who wins.
 *
 * The very pairs of which the edge lets only one be seen. Those that share a layer exclude one another, and those that
 * are switched off change nothing.
 */
export function checkConflicts(draft: Draft): readonly Problem[] {
  const byPrecedence = Object.entries(draft.experiences)
    .sort(([one, a], [other, b]) => b.priority - a.priority || (one < other ? -1 : 1))
    .map(([key]) => key);
  const pairs = new Map<string, Conflict>();
  for (const conflict of conflictsIn(draft, byPrecedence)) {
    const pair = `${conflict.winner} ${conflict.loser}`;
    if (!pairs.has(pair) && canMeet(draft, conflict)) pairs.set(pair, conflict);
  }
  const shown = [...pairs.values()].slice(0, reportedAtMost).map((conflict) => told(conflict, draft));
  return pairs.size > reportedAtMost ? [...shown, andMore(pairs.size)] : shown;
}

const andMore = (count: number): Problem =>
  warning("/experiences", `${count - reportedAtMost} more pairs of experiences conflict.`, "Put them into layers.");

function canMeet({ experiences }: Draft, { winner, loser }: Conflict): boolean {
  const [one, other] = [experiences[winner], experiences[loser]];
  return one !== undefined && other !== undefined && meet(one, other);
}

const meet = (one: Experience, other: Experience): boolean =>
  one.routes.some((left) => other.routes.some((right) => routesMeet(left, right)));

function told({ winner, loser, place }: Conflict, { experiences }: Draft): Problem {
  const [high, low] = [experiences[winner]?.priority ?? 0, experiences[loser]?.priority ?? 0];
  const why = high > low ? `its priority ${high} is higher` : `both have priority ${high}, and its key comes first`;
  return warning(
    at("experiences", loser),
    `"${winner}" and "${loser}" both change ${inWords(place)}; a visitor of both sees "${winner}", as ${why}.`,
    "Put both into one layer, give the one that matters a higher priority, or change another place.",
  );
}

/** A place as `placeOf` writes it, in words. */
function inWords(place: string): string {
  if (place === "page") return "where the page comes from";
  const [kind = "", ...rest] = place.split(" ");
  const where = rest.join(" ").trim();
  if (kind === "slot") return `the slot ${where}`;
  if (kind === "header") return `the header ${where}`;
  if (kind === "json") return `"${where}"`;
  const part = / (@|style\.)(\S*)$/.exec(where);
  if (part === null) return `the content of "${where}"`;
  return `${part[1] === "@" ? "" : "the style "}${part[2]} of "${where.slice(0, part.index)}"`;
}
