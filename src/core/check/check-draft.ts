import type { Draft } from "../draft.ts";
import type { Problem } from "../problem.ts";
import { checkAllocation } from "./allocation.ts";
import { checkBudgets } from "./budgets.ts";
import { checkConditions } from "./conditions.ts";
import { checkConflicts } from "./conflicts.ts";
import { checkContent } from "./content.ts";
import { checkCycles } from "./cycles.ts";
import { checkLearning } from "./learning.ts";
import { checkMetrics } from "./metrics.ts";
import { checkMoves } from "./moves.ts";
import { checkReachable } from "./reachable.ts";
import { checkReferences } from "./references.ts";
import { checkRoutes } from "./routes.ts";
import { checkSamples } from "./samples.ts";
import { checkSchedules } from "./schedules.ts";
import { checkSitePolicy } from "./site-policy.ts";
import { checkSlots } from "./slots.ts";

/** What core can't know by itself. */
export interface Checkers {
  /** What the rewriter says against a selector; `null` when it takes it. */
  readonly checkSelector: (selector: string) => string | null;
}

/**
 * Checks all that only the whole draft can tell: references, cycles, weights, types, templates, selectors, conflicts.
 *
 * Every problem points into the configuration file (variants by their key), whether the draft came from a file or from
 * rows. A draft without errors can be published; warnings are for people. Never throws.
 */
export function checkDraft(draft: Draft, checkers: Checkers): readonly Problem[] {
  const problems = [
    ...checkSitePolicy(draft.site),
    ...checkReferences(draft),
    ...checkCycles(draft),
    ...checkRoutes(draft),
    ...checkConditions(draft),
    ...checkMetrics(draft),
    ...checkLearning(draft),
    ...checkSlots(draft, checkers),
    ...checkAllocation(draft),
    ...checkSchedules(draft),
    ...checkContent(draft, checkers),
    ...checkMoves(draft),
    ...checkConflicts(draft),
    ...checkReachable(draft),
    ...checkSamples(draft),
    ...checkBudgets(draft),
  ];
  return withoutRepeats(problems);
}

/** Whether a draft with these problems must not be published. */
export const stopsPublish = (problems: readonly Problem[]): boolean =>
  problems.some(({ severity }) => severity === "error");

/** Two checks may find the same thing; said once is enough. Errors come first. */
function withoutRepeats(problems: readonly Problem[]): readonly Problem[] {
  const unique = new Map(problems.map((each) => [`${each.path}\n${each.message}`, each]));
  return [...unique.values()].sort((a, b) => rank(a) - rank(b));
}

const rank = ({ severity }: Problem): number => (severity === "error" ? 0 : 1);
