import { fail, ok, type Result } from "../result.ts";

/**
 * Turns a fact's path, as a condition names it, into a function that reads it.
 *
 * The getter returns null for a fact that is missing, and never throws.
 *
 * @param withinMs the window that the condition asks for beside the path with `$within`, or null. Facts that have no
 *   window refuse one.
 * @returns why there is no such fact, and what to write instead, as whole sentences.
 */
export type PathResolver<F> = (path: string, withinMs: number | null) => Result<Getter<F>, PathRefusal>;

export type Getter<F> = (facts: F) => unknown;

export interface PathRefusal {
  readonly message: string;
  readonly advice: string;
}

/**
 * Reads any plain object by dotted paths as GrowthBook does: `pets.dog.name`, `tags.0`, `tags.length`. Only what an
 * object holds itself is seen, so that `__proto__` and `constructor` are missing, not functions. Nothing has a window.
 */
export const plainPaths: PathResolver<unknown> = (path, withinMs) => {
  if (withinMs !== null) {
    return fail({ message: `"${path}" has no window.`, advice: "Remove $within: it belongs to counts of events." });
  }
  const segments = path.split(".");
  const [first = "", second] = segments;
  if (second === undefined) return ok((facts) => memberOf(facts, first));
  if (segments.length === 2) return ok((facts) => memberOf(memberOf(facts, first), second));
  return ok((facts) => {
    let current = facts;
    for (const segment of segments) current = memberOf(current, segment);
    return current;
  });
};

/** An own member of an object or list, or null. */
function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return null;
  return (value as Readonly<Record<string, unknown>>)[key]; // every object can be asked for a key that it owns
}
