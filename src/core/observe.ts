import type { Draft, RoutePattern } from "./draft.ts";
import type { ObserveRule } from "./learning.ts";

/** A rule that watches requests, made ready. */
export interface CompiledRule extends Omit<ObserveRule, "kind" | "description" | "routes"> {
  readonly key: string;
  readonly kind: Exclude<ObserveRule["kind"], "absence">;
  /** Conditions of the release read its event: the next request must know. */
  readonly carried: boolean;
}

/** A rule with one of the patterns by which it watches. */
export interface Watching {
  readonly rule: CompiledRule;
  readonly pattern: RoutePattern;
}

/** A rule that waits for what does not come. */
export interface AbsenceRule {
  readonly key: string;
  readonly event: string;
  readonly after: string;
  readonly without: string;
  readonly minutes: number;
}

/** Everything that the rules of a draft watch. */
export function watchingsOf({ observe = {} }: Draft, carriedEvents: ReadonlySet<string>): readonly Watching[] {
  return Object.entries(observe).flatMap(([key, { description, routes, kind, ...rest }]) => {
    if (kind === "absence") return [];
    const rule = { ...rest, key, kind, carried: carriedEvents.has(rest.event) };
    return routes.map((pattern) => ({ rule, pattern }));
  });
}

/** The rules that the clock asks. */
export function absencesOf({ observe = {} }: Pick<Draft, "observe">): readonly AbsenceRule[] {
  return Object.entries(observe).flatMap(([key, { kind, event, after, without, minutes }]) =>
    kind === "absence" && after !== null && without !== null && minutes !== null
      ? [{ key, event, after, without, minutes }]
      : [],
  );
}

/** Whether an answer of this status says that it happened: a page was shown, a form accepted, a document given. */
export function isAccepted(kind: CompiledRule["kind"], status: number): boolean {
  const isFine = status >= 200 && status < 300;
  if (kind === "form") return isFine || (status >= 300 && status < 400 && status !== 304);
  if (kind === "json") return isFine;
  return isFine || status === 304;
}
