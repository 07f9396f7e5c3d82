import { isObject } from "../json.ts";
import { pointerOf } from "../problem.ts";
import { parseDuration } from "./duration.ts";
import { allOf, always, anyOf, never, not, type Test, unanswerable } from "./logic.ts";
import { type Compiling, isOperatorObject } from "./operator.ts";
import type { Getter, PathResolver } from "./paths.ts";

/** Whose facts a condition is about, and the compiler it is part of. */
export interface Scope<F> {
  readonly resolve: PathResolver<F>;
  /** Told of every path that is read. */
  readonly read: (path: string) => void;
  readonly compiling: Compiling;
  /** Compiles a reference to a saved group. */
  readonly savedGroup: (reference: unknown, path: string) => Test<F>;
}

/** Compiles an object of facts and of `$and`, `$or`, `$nor`, `$not` and `$savedGroup`, all of which must hold. */
export function compileClause<F>(condition: unknown, path: string, scope: Scope<F>): Test<F> {
  if (!isObject(condition)) {
    scope.compiling.report(path, "A condition is an object.", 'Write facts and what they are: {"country": "FR"}.');
    if (condition === null || condition === undefined) return unanswerable;
  }
  // Odd as it is: GrowthBook takes a list's or text's places for facts, and finds nothing to ask in a number.
  return allOf(Object.entries(Object(condition)).map(([key, operand]) => compileMember(key, operand, path, scope)));
}

function compileMember<F>(key: string, operand: unknown, parent: string, scope: Scope<F>): Test<F> {
  const path = parent + pointerOf(key);
  switch (key) {
    case "$and":
      return compileList(operand, path, scope, allOf, always);
    case "$or":
      return compileList(operand, path, scope, anyOf, always);
    case "$nor":
      return not(compileList(operand, path, scope, anyOf, always));
    case "$not":
      return not(compileClause(operand, path, scope));
    case "$savedGroup":
      return scope.savedGroup(operand, path);
    default:
      return compileFact(key, operand, path, scope);
  }
}

/** @param ofNone the test of an empty list: GrowthBook's `$or` of nothing holds, too. */
function compileList<F>(
  operand: unknown,
  path: string,
  scope: Scope<F>,
  combine: (tests: readonly Test<F>[]) => Test<F>,
  ofNone: Test<F>,
): Test<F> {
  if (!Array.isArray(operand))
    scope.compiling.report(path, "This needs a list of conditions.", "Write it in brackets.");
  const conditions = listOf(operand);
  if (conditions === null) return unanswerable;
  if (conditions.length === 0) return ofNone;
  return combine(conditions.map((condition, i) => compileClause(condition, `${path}/${i}`, scope)));
}

/** What GrowthBook finds when it goes through `operand` by its `length`; null where it throws. */
function listOf(operand: unknown): readonly unknown[] | null {
  if (Array.isArray(operand)) return operand;
  if (typeof operand === "string") return operand.split("");
  if (operand === null || operand === undefined) return null;
  return isObject(operand) && Object.hasOwn(operand, "length") ? null : [];
}

function compileFact<F>(name: string, operand: unknown, path: string, scope: Scope<F>): Test<F> {
  const { report, value } = scope.compiling;
  if (name.startsWith("$")) {
    report(
      path,
      `"${name}" is no operator here.`,
      "Write $and, $or, $nor, $not or $savedGroup, or the name of a fact.",
    );
  }
  const window = windowOf(operand);
  if (window === null) {
    report(path, "This window can't be read.", 'Write {"$within": "30d", "$gte": 1}: minutes (m), hours (h), d or w.');
    return never;
  }
  const fact = scope.resolve(name, window.withinMs);
  if (!fact.ok) {
    report(path, fact.error.message, fact.error.advice);
    return never;
  }
  scope.read(name);
  return reading(fact.value, value(window.operand, path));
}

const reading =
  <F>(get: Getter<F>, test: Test<unknown>): Test<F> =>
  (facts) =>
    test(get(facts));

interface Window {
  readonly withinMs: number | null;
  /** What stands beside `$within`. */
  readonly operand: unknown;
}

/** Takes `$within` out of an object of operators; null when it is no duration, or stands alone. */
function windowOf(operand: unknown): Window | null {
  if (!isObject(operand) || !Object.hasOwn(operand, "$within") || !isOperatorObject(operand)) {
    return { withinMs: null, operand };
  }
  const { $within, ...rest } = operand;
  const withinMs = parseDuration($within);
  return withinMs === null || Object.keys(rest).length === 0 ? null : { withinMs, operand: rest };
}
