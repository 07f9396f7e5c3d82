import { type Context, contextFacts } from "./context.ts";
import type { EventFacts, Profile } from "./profile.ts";
import { fail, ok, type Result } from "./result.ts";
import type { Subject } from "./subject.ts";
import { unitReader } from "./unit.ts";

/** Reads one fact of a subject; `null` when it is not known. Never throws. */
export type FactReader = (subject: Subject) => unknown;

/** A fact found by its path, and whether it lies in the stored profile. */
export interface Fact {
  readonly read: FactReader;
  readonly stored: boolean;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * Finds the fact that a path names: `context.…`, `trait.…`, `unit.…`, `affinity.<dimension>.<value>`,
 * `event.<name>.count|first|last|daysSince`, `recent.items` (ids, newest first), `habit.hour|weekday`.
 *
 * @param withinMs only events of the last so many milliseconds; `null` for all of them.
 * @returns the fact, or what a person should write instead.
 */
export function factAt(path: string, withinMs: number | null): Result<Fact, string> {
  const [root = "", ...rest] = path.split(".");
  if (withinMs !== null && root !== "event") return fail("`$within` belongs to events only");
  if (rest.length === 0 || rest.includes("")) return fail(`write ${roots} and then a name`);
  if (root === "context") return contextFact(rest);
  if (root === "trait") return ok({ stored: true, read: (subject) => memberAt(subject.profile.traits, rest) });
  if (root === "unit") return unitFact(rest.join("."));
  if (root === "affinity") return ok({ stored: true, read: affinityReader(rest.join(".")) });
  if (root === "event") return eventFact(rest, withinMs);
  if (root === "recent" || root === "habit") return historyFact(root, rest.join("."));
  return fail(`a fact begins with ${roots}`);
}

const roots = "`context.`, `trait.`, `unit.`, `affinity.`, `event.`, `recent.`, `habit.` or `audience.`";

function contextFact([name = "", ...rest]: readonly string[]): Result<Fact, string> {
  if (!Object.hasOwn(contextFacts, name)) {
    return fail(`context has ${Object.keys(contextFacts).join(", ")}`);
  }
  const read: (context: Context) => unknown = contextFacts[name as keyof typeof contextFacts];
  if (rest.length === 0) return ok({ stored: false, read: (subject) => read(subject.context) });
  return ok({ stored: false, read: (subject) => memberAt(read(subject.context), rest) });
}

/** Who is asked about: for conditions that name people, such as a list of testers. */
function unitFact(unit: string): Result<Fact, string> {
  if (!["visitor", "user", "session"].includes(unit) && !unit.startsWith("cookie.")) {
    return fail("of units there are visitor, user and session, and cookie.<name>");
  }
  return ok({ stored: false, read: unitReader(unit, null) });
}

/** What the visitor saw last, and when they usually come: the hour and weekday (0 is Sunday) with most events. */
const historyFacts: Readonly<Record<string, (profile: Profile) => unknown>> = {
  "recent.items": ({ items = [] }) => items.map(([item]) => item),
  "habit.hour": ({ habit = [] }) => mostUsual(habit, (hourOfWeek) => hourOfWeek % 24),
  "habit.weekday": ({ habit = [] }) => mostUsual(habit, (hourOfWeek) => Math.floor(hourOfWeek / 24)),
};

function historyFact(root: string, name: string): Result<Fact, string> {
  const path = `${root}.${name}`;
  const read = Object.hasOwn(historyFacts, path) ? historyFacts[path] : undefined;
  if (read === undefined) return fail(`write one of ${Object.keys(historyFacts).join(", ")}`);
  return ok({ stored: true, read: ({ profile }) => read(profile) });
}

/** The part of the week with most events, the first of equals; `null` before the first event. */
function mostUsual(habit: NonNullable<Profile["habit"]>, partOf: (hourOfWeek: number) => number): number | null {
  const counts = new Map<number, number>();
  for (const [hour, count] of habit) counts.set(partOf(hour), (counts.get(partOf(hour)) ?? 0) + count);
  const sorted = [...counts].sort(([a, one], [b, other]) => other - one || a - b);
  return sorted[0]?.[0] ?? null;
}

const affinityReader =
  (key: string): FactReader =>
  ({ profile: { affinities } }) =>
    Object.hasOwn(affinities, key) ? affinities[key] : 0;

/** Only what an object holds itself is seen: `constructor` and the like are missing. */
function memberAt(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return null;
    at = (at as Readonly<Record<string, unknown>>)[key]; // every object can be asked for a key that it owns
  }
  return at;
}

type EventReader = (facts: EventFacts | null, nowMs: number, withinMs: number) => unknown;

/** What may be asked of an event. An event that never happened counts 0 and has no times. */
const eventFacts: Readonly<Record<string, EventReader>> = {
  count: (facts, nowMs, withinMs) => (facts === null ? 0 : countWithin(facts, nowMs, withinMs)),
  first: (facts, nowMs, withinMs) => recent(facts?.firstMs, nowMs, withinMs),
  last: (facts, nowMs, withinMs) => recent(facts?.lastMs, nowMs, withinMs),
  daysSince: (facts, nowMs, withinMs) => {
    const lastMs = recent(facts?.lastMs, nowMs, withinMs);
    return lastMs === null ? null : Math.max(0, Math.floor((nowMs - lastMs) / dayMs));
  },
};

function eventFact(rest: readonly string[], withinMs: number | null): Result<Fact, string> {
  const what = rest.at(-1) ?? "";
  const name = rest.slice(0, -1).join(".");
  const read = Object.hasOwn(eventFacts, what) ? eventFacts[what] : undefined;
  if (name === "" || read === undefined) {
    return fail(`of an event there are ${Object.keys(eventFacts).join(", ")}: write \`event.<name>.count\``);
  }
  const windowMs = withinMs ?? Number.POSITIVE_INFINITY;
  return ok({ stored: true, read: (subject) => read(subject.eventFacts(name), subject.nowMs, windowMs) });
}

const recent = (atMs: number | undefined, nowMs: number, withinMs: number): number | null =>
  atMs !== undefined && nowMs - atMs <= withinMs ? atMs : null;

/**
 * How often within a window. Exact to the hour up to 48 hours, to the day up to 90 days (the first hour or day counts
 * whole); beyond that only all or what 90 days hold.
 */
export function countWithin(facts: EventFacts, nowMs: number, withinMs: number): number {
  if (withinMs === Number.POSITIVE_INFINITY) return facts.count;
  const [buckets, sizeMs] = withinMs <= 48 * hourMs ? [facts.hours, hourMs] : [facts.days, dayMs];
  const earliest = Math.floor((nowMs - withinMs) / sizeMs);
  let sum = 0;
  for (const [bucket, count] of buckets) if (bucket >= earliest) sum += count;
  return sum;
}
