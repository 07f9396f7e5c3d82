import type { Draft } from "../draft.ts";
import { type Problem, problem } from "../problem.ts";
import { at } from "./each.ts";

/** A ratio has a denominator, and nothing else does. */
export const checkMetrics = (draft: Draft): readonly Problem[] =>
  Object.entries(draft.metrics).flatMap(([key, { kind, denominator, event }]) => {
    const path = at("metrics", key, "denominator");
    if (kind === "ratio" && denominator === null)
      return [problem(path, "A ratio needs an event to divide by.", "Add `denominator` with that event's name.")];
    if (kind !== "ratio" && denominator !== null)
      return [problem(path, `A metric of kind ${kind} has no denominator.`, "Take it out, or write `kind: ratio`.")];
    return event.trim() === ""
      ? [problem(at("metrics", key, "event"), "The metric names no event.", "Write the name of the event to count.")]
      : [];
  });
