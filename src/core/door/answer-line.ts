import { compileLeniently } from "../condition/compile.ts";
import { plainPaths } from "../condition/paths.ts";
import { evaluateGrowthbook } from "../growthbook/evaluate-growthbook.ts";
import { fractionOf } from "../growthbook/fraction.ts";
import { bucketRanges, chooseVariation, type FractionRange } from "../growthbook/ranges.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import { fail, ok, type Result } from "../result.ts";
import { answerRelease } from "./answer-release.ts";
import type { ReleaseShelf } from "./release-shelf.ts";

/** What every line of a pipeline shares. */
export interface Door {
  /** The moment of questions that name none. */
  readonly nowMs: () => number;
  readonly releases: ReleaseShelf;
}

/**
 * Answers one line of a pipeline with one line: `{"result": …}`, or `{"error": "…"}` for a line that is no question. Never
 * throws, whatever the line.
 *
 * Which question it is shows in the member it has: `condition`, `hash`, `ranges`, `choose`, `growthbook` or `release`. What
 * each takes and gives is in `docs/evaluate.md`.
 */
export function answerLine(line: string, door: Door): string {
  const answer = answerOf(line, door);
  return JSON.stringify(answer.ok ? answer.value : { error: answer.error });
}

type Answer = Result<JsonObject, string>;

function answerOf(line: string, door: Door): Answer {
  try {
    const asked = parse(line);
    if (!asked.ok) return asked;
    const kind = Object.keys(kinds).find((name) => Object.hasOwn(asked.value, name));
    const answer = kind === undefined ? undefined : kinds[kind];
    return answer?.(asked.value, door) ?? fail(`no question: write one of ${Object.keys(kinds).join(", ")}`);
  } catch (error) {
    // Values that can't be turned into text, and nesting that no stack holds: this line's failure alone.
    return fail(`can't be answered: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function parse(line: string): Result<JsonObject, string> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return fail(`is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  return isObject(value) ? ok(value) : fail("is not a JSON object");
}

const kinds: Readonly<Record<string, (asked: JsonObject, door: Door) => Answer>> = {
  condition: answerCondition,
  hash: answerHash,
  ranges: answerRanges,
  choose: answerChoose,
  growthbook: answerGrowthbook,
  release: (asked, { releases, nowMs }) => answerRelease(asked, releases, nowMs),
};

const result = (value: Json): Answer => ok({ result: value });

function answerCondition({ condition, attributes, groups }: JsonObject): Answer {
  if (groups !== undefined && groups !== null && !isObject(groups)) return fail("`groups` is an object");
  const { test } = compileLeniently(condition, { resolve: plainPaths, ...(isObject(groups) ? { groups } : {}) });
  return result(test(attributes ?? {}));
}

function answerHash({ hash }: JsonObject): Answer {
  if (!isObject(hash)) return fail("`hash` is an object with seed, value and version");
  const { seed = "", value = "", version = 2 } = hash;
  if (typeof seed !== "string") return fail("`hash.seed` is a text");
  if (typeof version !== "number") return result(null);
  return result(fractionOf(seed, String(value), version));
}

function answerRanges({ ranges }: JsonObject): Answer {
  if (!isObject(ranges)) return fail("`ranges` is an object with variations, coverage and weights");
  const { variations, coverage, weights } = ranges;
  if (typeof variations !== "number" || !Number.isInteger(variations) || variations > 10_000)
    return fail("`ranges.variations` is how many there are");
  if (!isNumberOrNone(coverage)) return fail("`ranges.coverage` is a number from 0 to 1");
  if (!isNumbersOrNone(weights)) return fail("`ranges.weights` is a list of numbers");
  return result(bucketRanges(variations, coverage ?? undefined, weights ?? null));
}

const isNumberOrNone = (value: Json | undefined): value is number | null | undefined =>
  value === undefined || value === null || typeof value === "number";

const isNumbersOrNone = (value: Json | undefined): value is readonly number[] | null | undefined =>
  value === undefined || value === null || (Array.isArray(value) && value.every((each) => typeof each === "number"));

function answerChoose({ choose }: JsonObject): Answer {
  const { n, ranges } = isObject(choose) ? choose : {};
  if (typeof n !== "number" || !isRanges(ranges)) return fail("`choose` has a hash `n` and a list of `ranges`");
  return result(chooseVariation(n, ranges));
}

const isRanges = (value: Json | undefined): value is readonly FractionRange[] =>
  Array.isArray(value) &&
  value.every((each: Json) => Array.isArray(each) && typeof each[0] === "number" && typeof each[1] === "number");

/** The SDK's own answer is `result`; beside it, flat, what a pipeline most often asks for. */
function answerGrowthbook(asked: JsonObject): Answer {
  const { growthbook } = asked;
  if (!isObject(growthbook)) return fail("`growthbook` is an object: a payload, or `features`, or an `experiment`");
  const answer = evaluateGrowthbook({ ...asked, growthbook });
  if (!answer.ok) return answer;
  const { kind, result: given, stickyBuckets } = answer.value;
  const ran = kind === "feature" ? given.experimentResult : kind === "experiment" ? given : undefined;
  const flat = kind === "everything" ? {} : { ...notInExperiment, ...ran, ...given };
  return ok(plain({ ...flat, ...(stickyBuckets === null ? {} : { stickyBuckets }), result: given }));
}

const notInExperiment = { variationId: null, inExperiment: false, hashUsed: false };

/** An interface has no index signature; as JSON it is an object all the same. */
const plain = (value: object): JsonObject => value as JsonObject;
