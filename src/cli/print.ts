import type { PlacedProblem } from "../core/config/document.ts";
import type { Problem } from "../core/problem.ts";
import type { Terminal } from "./terminal.ts";

/** More problems than this are counted, not shown: the first ones are usually the cause of the others. */
const shownAtMost = 50;

/** `file:line:column: error: message`, as editors and pipelines read it, and the advice below. */
export function printProblems(problems: readonly PlacedProblem[], file: string, terminal: Terminal): void {
  printEach(problems, terminal, ({ line, column }) => `${file}:${line}:${column}`);
}

/** Problems without a file: they stand at their place in the configuration. */
export function printPointers(problems: readonly Problem[], terminal: Terminal): void {
  printEach(problems, terminal, ({ path }) => path || "/");
}

function printEach<P extends Problem>(
  problems: readonly P[],
  { err, paint }: Terminal,
  place: (problem: P) => string,
): void {
  for (const problem of problems.slice(0, shownAtMost)) {
    const word = paint(problem.severity === "error" ? "red" : "yellow", problem.severity);
    err(`${paint("bold", place(problem))}: ${word}: ${problem.message}\n  ${problem.advice}`);
  }
  if (problems.length > shownAtMost) err(`… and ${problems.length - shownAtMost} more.`);
}

export const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;
