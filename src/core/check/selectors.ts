import { type Problem, problem } from "../problem.ts";
import type { Checkers } from "./check-draft.ts";
import { selectorMistake } from "./selector-advice.ts";

/** One selector: what is known against it, and what the rewriter itself says. */
export function selectorProblems(selector: string, path: string, { checkSelector }: Checkers): readonly Problem[] {
  const mistake = selectorMistake(selector);
  if (mistake !== null)
    return [problem(path, `The selector ${shown(selector)} can't be used: ${mistake.message}.`, mistake.advice)];
  const refusal = checkSelector(selector);
  if (refusal === null) return [];
  return [
    problem(
      path,
      `The selector ${shown(selector)} can't be used: ${refusal.replace(/\.$/, "")}.`,
      "Use elements, classes, ids, attributes, a space, >, commas, :not(), :first-child and :nth-child().",
    ),
  ];
}

const shown = (selector: string): string => JSON.stringify(selector.slice(0, 120));
