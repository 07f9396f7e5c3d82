import { type Problem, problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";
import { compileClause, type Scope } from "./clause.ts";
import { type Groups, groupOf } from "./groups.ts";
import { type ConditionLimits, conditionLimits, notJson, tooLarge } from "./limits.ts";
import { guarded, never, type Test } from "./logic.ts";
import type { Compiling } from "./operator.ts";
import { type PathResolver, plainPaths } from "./paths.ts";
import { compileSavedGroup } from "./saved-group.ts";
import { compileValue } from "./value.ts";

export interface ConditionOptions<F> {
  /** Knows the facts that a condition may name. */
  readonly resolve: PathResolver<F>;
  /** Saved groups by id. None by default. */
  readonly groups?: Groups;
  readonly limits?: Partial<ConditionLimits>;
}

/** A condition, ready to be asked about any facts. */
export interface CompiledCondition<F> {
  /** Whether the condition holds. Pure, and never throws: what can't be answered is false. */
  readonly test: (facts: F) => boolean;
  /** The paths of all facts that it may read, without their windows, each once, in the order of first mention. */
  readonly reads: readonly string[];
}

/** As many as a person can mend before they save again. */
const maxProblems = 100;

/**
 * Compiles a condition that someone is about to save, and is strict: an unknown operator or fact, an operand that can't
 * be right, a pattern that could stall, a condition out of all proportion are problems, each with its place.
 *
 * The language is that of GrowthBook's SDKs, specification 0.8.0 (https://docs.growthbook.io/lib/build-your-own).
 */
export function compileCondition<F>(
  condition: unknown,
  options: ConditionOptions<F>,
): Result<CompiledCondition<F>, readonly Problem[]> {
  const refused = tooLarge(condition, limitsOf(options)) ?? notJson(condition);
  if (refused) return fail([refused]);
  const problems: Problem[] = [];
  const compiled = compile(condition, options, (path, message, advice) => {
    if (problems.length < maxProblems) problems.push(problem(path, message, advice));
  });
  return problems.length > 0 ? fail(problems) : ok(compiled);
}

/**
 * Compiles a condition that is live already, or comes from GrowthBook, and never fails: whatever is unknown or malformed
 * means what it means to GrowthBook's JavaScript SDK, and what is too large, or what that SDK throws on, is false.
 */
export function compileLeniently<F>(condition: unknown, options: ConditionOptions<F>): CompiledCondition<F> {
  return tooLarge(condition, limitsOf(options)) ? nobody : compile(condition, options, () => {});
}

const nobody: CompiledCondition<unknown> = { test: never, reads: [] };

const limitsOf = ({ limits }: { readonly limits?: Partial<ConditionLimits> }): ConditionLimits => ({
  ...conditionLimits,
  ...limits,
});

/** What one compilation shares among all its parts. */
interface Shared<F> {
  readonly options: ConditionOptions<F>;
  readonly limits: ConditionLimits;
  readonly groups: Groups;
  readonly reads: Set<string>;
  /** Conditions of saved groups taken in so far. */
  savedGroups: number;
  /** Too much was taken in: the condition as a whole is given up. */
  givenUp: boolean;
}

type Report = Compiling["report"];

function compile<F>(condition: unknown, options: ConditionOptions<F>, report: Report): CompiledCondition<F> {
  const { groups = {} } = options;
  const limits = limitsOf(options);
  const shared: Shared<F> = { options, limits, groups, reads: new Set(), savedGroups: 0, givenUp: false };
  const test = compileClause(
    condition,
    "",
    scopeOf(options.resolve, (path) => shared.reads.add(path), shared, report),
  );
  return shared.givenUp ? nobody : { test: guarded(test), reads: [...shared.reads] };
}

/** @param within ids of the saved groups whose condition is being compiled. */
function scopeOf<F, G>(
  resolve: PathResolver<F>,
  read: (path: string) => void,
  shared: Shared<G>,
  report: Report,
  within: readonly string[] = [],
): Scope<F> {
  const compiling: Compiling = {
    report,
    value: (condition, path, ignoreCase = false) => compileValue(condition, path, ignoreCase, compiling),
    element: (condition, path) =>
      compileClause(
        condition,
        path,
        scopeOf(plainPaths, () => {}, shared, report, within),
      ),
    groupMembers: (id, path) => membersOf(shared.groups, id, path, report),
  };
  const compileGroup = (condition: unknown, id: string, path: string): Test<F> => {
    if (!takesIn(condition, within, shared)) {
      report(path, `The saved group "${id}" makes the condition too large.`, "Use fewer groups within one another.");
      return never;
    }
    const inGroup: Report = (_, message, advice) => report(path, `In the saved group "${id}": ${message}`, advice);
    return compileClause(condition, path, scopeOf(resolve, read, shared, inGroup, [...within, id]));
  };
  const scope: Scope<F> = {
    resolve,
    read,
    compiling,
    savedGroup: (reference, path) =>
      compileSavedGroup(reference, path, scope, { groups: shared.groups, within, compile: compileGroup }),
  };
  return scope;
}

/** Counts a group's condition, before it is compiled; false when that would be too much. */
function takesIn<F>(condition: unknown, within: readonly string[], shared: Shared<F>): boolean {
  const { limits } = shared;
  shared.savedGroups += 1;
  shared.givenUp ||=
    shared.savedGroups > limits.maxSavedGroups ||
    within.length >= limits.maxGroupDepth ||
    tooLarge(condition, limits) !== null;
  return !shared.givenUp;
}

function membersOf(groups: Groups, id: string, path: string, report: Report): readonly unknown[] | null {
  const group = groupOf(groups, id);
  if (group.kind === "bare" || group.kind === "list") return group.members;
  report(path, `There is no group "${id}" that is a list.`, "Define the group, or mend its id.");
  return group.kind === "unknown" ? [] : null;
}
