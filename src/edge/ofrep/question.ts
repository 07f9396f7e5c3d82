import { isObject, type JsonObject } from "../../core/json.ts";
import { fail, ok, type Result } from "../../core/result.ts";

/** What an application asks about. */
export interface Question {
  readonly targetingKey: string;
  /** Everything beside the targeting key: the subject's traits. */
  readonly traits: JsonObject;
}

/** OpenFeature's error codes (specification, types, error code). */
export interface Misunderstood {
  readonly errorCode: "PARSE_ERROR" | "INVALID_CONTEXT" | "TARGETING_KEY_MISSING";
  readonly errorDetails: string;
}

/** An evaluation context is a handful of facts. */
export const mostBodyBytes = 64 * 1024;
const mostKeyCharacters = 256;

/** Reads the body of an evaluation request: `{"context": {"targetingKey": "…", …}}`. */
export function questionIn(body: string): Result<Question, Misunderstood> {
  const parsed = parse(body);
  if (!isObject(parsed)) {
    return misunderstood("PARSE_ERROR", 'The body must be JSON: {"context": {"targetingKey": "…"}}.');
  }
  const context = parsed.context ?? {};
  if (!isObject(context)) return misunderstood("INVALID_CONTEXT", "`context` must be an object.");
  const { targetingKey, ...traits } = context;
  if (targetingKey === undefined || targetingKey === null || targetingKey === "") {
    return misunderstood("TARGETING_KEY_MISSING", "`context.targetingKey` says for whom: add it.");
  }
  if (typeof targetingKey !== "string" || targetingKey.length > mostKeyCharacters) {
    return misunderstood(
      "INVALID_CONTEXT",
      `\`context.targetingKey\` must be a text of at most ${mostKeyCharacters} characters.`,
    );
  }
  return ok({ targetingKey, traits });
}

const misunderstood = (errorCode: Misunderstood["errorCode"], errorDetails: string) =>
  fail({ errorCode, errorDetails });

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
