import type * as z from "zod";
import { type Problem, pointerOf, problem } from "../problem.ts";
import { keyAdvice } from "./fields.ts";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Zod's issues in our words: what, where (as a pointer into the file) and what to write instead. */
export const problemsOf = (issues: readonly Issue[], before: Path = []): readonly Problem[] =>
  issues.flatMap((issue) => problemsOfOne(issue, [...before, ...issue.path]));

function problemsOfOne(issue: Issue, path: Path): readonly Problem[] {
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key, index) => worded([...path, key], issue.message.split("\n").slice(index * 2)));
    case "invalid_key":
      return [worded(path, ["can't be a key", keyAdvice(String(path.at(-1)))])];
    case "invalid_union": {
      const nearest = nearestOption(issue.errors);
      return nearest === null ? [worded(path, issue.message.split("\n"))] : problemsOf(nearest, path);
    }
    default:
      return [worded(path, issue.message.split("\n"))];
  }
}

function worded(path: Path, [message = "is not valid", advice = ""]: readonly string[]): Problem {
  const segments = path.map((segment) => (typeof segment === "number" ? segment : String(segment)));
  return problem(pointerOf(...segments), `${subjectOf(segments)} ${message}.`, advice);
}

/** `weight`, `operations[0]`, or the whole file. */
function subjectOf(segments: readonly (string | number)[]): string {
  const last = segments.at(-1);
  if (last === undefined) return "The file";
  return typeof last === "number" ? `\`${segments.at(-2) ?? ""}[${last}]\`` : `\`${last.slice(0, 80)}\``;
}

/**
 * Of several spellings, the one that was most likely meant: the right type at the top, and then the fewest mistakes.
 * `null`: none has the right type, so the union's own words say it best.
 */
function nearestOption(options: readonly (readonly Issue[])[]): readonly Issue[] | null {
  let nearest: readonly Issue[] | null = null;
  let fewest = Number.POSITIVE_INFINITY;
  for (const issues of options) {
    const mistakes = issues.some(isWrongAtTop) ? Number.POSITIVE_INFINITY : countOf(issues);
    if (mistakes < fewest) [nearest, fewest] = [issues, mistakes];
  }
  return nearest;
}

const isWrongAtTop = (issue: Issue): boolean => issue.path.length === 0 && issue.code === "invalid_type";

/** A key that does not belong tells most about which spelling was not meant. */
const countOf = (issues: readonly Issue[]): number =>
  issues.reduce((sum, issue) => sum + (issue.code === "unrecognized_keys" ? 2 * issue.keys.length : 1), 0);
