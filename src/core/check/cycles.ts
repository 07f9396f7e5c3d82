import type { Draft } from "../draft.ts";
import { type Problem, problem } from "../problem.ts";
import { audiencesIn } from "./conditions.ts";
import { at } from "./each.ts";

type Graph = ReadonlyMap<string, readonly string[]>;

/** Audiences that refer to one another in a circle, and experiences that wait for one another. */
export function checkCycles(draft: Draft): readonly Problem[] {
  const audiences: Graph = new Map(
    Object.entries(draft.audiences).map(([key, { when }]) => [key, audiencesIn(when).map(({ name }) => name)]),
  );
  const settersOf = (slot: string): readonly string[] =>
    Object.entries(draft.experiences)
      .filter(([, { variants }]) => variants.some(({ slots }) => Object.hasOwn(slots, slot)))
      .map(([key]) => key);
  const experiences: Graph = new Map(
    Object.entries(draft.experiences).map(([key, { prerequisites }]) => [
      key,
      prerequisites.flatMap((required) => ("slot" in required ? settersOf(required.slot) : [required.experience])),
    ]),
  );
  return [
    ...cyclesIn(audiences).map((cycle) =>
      problem(
        at("audiences", cycle[0] ?? "", "when"),
        `Audiences refer to one another in a circle: ${shown(cycle)}.`,
        "Take one of these references out.",
      ),
    ),
    ...cyclesIn(experiences).map((cycle) =>
      problem(
        at("experiences", cycle[0] ?? "", "prerequisites"),
        `Prerequisites go round in a circle: ${shown(cycle)}.`,
        "Take one of these prerequisites out.",
      ),
    ),
  ];
}

const shown = (cycle: readonly string[]): string => [...cycle, cycle[0]].map((key) => `"${key}"`).join(" → ");

/**
 * One cycle for each knot. Depth first without recursion, so that a chain of a thousand prerequisites is no danger.
 */
function cyclesIn(graph: Graph): readonly (readonly string[])[] {
  const done = new Set<string>();
  const cycles: string[][] = [];
  for (const start of graph.keys()) {
    const path: string[] = [];
    const onPath = new Set<string>();
    const rest: { readonly key: string; readonly leave: boolean }[] = [{ key: start, leave: false }];
    for (let step = rest.pop(); step !== undefined; step = rest.pop()) {
      const { key, leave } = step;
      if (leave) {
        onPath.delete(path.pop() ?? "");
        done.add(key);
      } else if (onPath.has(key)) {
        cycles.push(path.slice(path.indexOf(key)));
      } else if (!done.has(key) && graph.has(key)) {
        path.push(key);
        onPath.add(key);
        rest.push({ key, leave: true }, ...(graph.get(key) ?? []).map((next) => ({ key: next, leave: false })));
      }
    }
  }
  return cycles;
}
