import type { FoldedEvent } from "./fold.ts";
import { fnv1a32 } from "./hash.ts";
import { canonicalJson, isObject, type Json } from "./json.ts";

/**
 * How one kind of trait gathers events. What it holds is the same for any order and grouping of the same events: sums are of
 * integers, and of anything bounded the greatest stay.
 */
export interface Gathering {
  readonly add: (data: Json | undefined, event: FoldedEvent, value: Json) => Json;
  /** What conditions read; `null` for nothing yet. */
  readonly read: (data: Json, nowMs: number) => Json;
}

const dayMs = 86_400_000;
const bounds = { distinct: 200, days: 60, characters: 200, largest: 1e12 };

const count: Gathering = {
  add: (data) => numberIn(data) + 1,
  read: (data) => data,
};

/** In ten thousandths, as a whole number of any length: sums of fractions would depend on the order of adding. */
const sum: Gathering = {
  add: (data, _, value) => {
    const number = Number(value);
    if (value === null || !Number.isFinite(number) || Math.abs(number) > bounds.largest) return data ?? "0";
    return String(wholeIn(data) + BigInt(Math.round(number * 10_000)));
  },
  read: (data) => Number(wholeIn(data)) / 10_000,
};

/** The value of the latest event; of two at the same time, the greater text. */
const last: Gathering = {
  add: (data, { atMs }, value) => {
    if (value === null || isObject(value) || Array.isArray(value)) return data ?? null;
    const kept = typeof value === "string" ? value.slice(0, bounds.characters) : value;
    const next: Json = [atMs, kept];
    if (!Array.isArray(data)) return next;
    const [heldMs, held] = data as readonly Json[];
    if (Number(heldMs) !== atMs) return Number(heldMs) > atMs ? data : next;
    return canonicalJson(held ?? null) > canonicalJson(kept) ? data : next;
  },
  read: (data) => (Array.isArray(data) ? ((data as readonly Json[])[1] ?? null) : null),
};

/** Values by a fingerprint, those that come first by their text: at most so many are told apart. */
const distinct: Gathering = {
  add: (data, _, value) => {
    const fingerprints = [value].flat().filter((each) => each !== null);
    const all = new Set([...listIn(data), ...fingerprints.map((each) => fnv1a32(canonicalJson(each)).toString(36))]);
    return [...all].sort().slice(0, bounds.distinct);
  },
  read: (data) => listIn(data).length,
};

const daysSince: Gathering = {
  add: (data, { atMs }) => Math.max(typeof data === "number" ? data : 0, atMs),
  read: (data, nowMs) => daysBetween(numberIn(data), nowMs),
};

/** The newest days on which it happened, ascending. */
const streak: Gathering = {
  add: (data, { atMs }) => {
    const days = new Set([...numbersIn(data), Math.floor(atMs / dayMs)]);
    return [...days].sort((one, other) => one - other).slice(-bounds.days);
  },
  read: (data, nowMs) => runOfDays(numbersIn(data), nowMs),
};

export const gatherings = { count, sum, last, distinct, daysSince, streak } as const;

export const daysBetween = (atMs: number, nowMs: number): number => Math.max(0, Math.floor((nowMs - atMs) / dayMs));

/** How many days in a row (UTC) up to today, or to yesterday while today may still come. */
export function runOfDays(days: readonly number[], nowMs: number): number {
  const on = new Set(days);
  const today = Math.floor(nowMs / dayMs);
  let day = on.has(today) ? today : today - 1;
  let run = 0;
  for (; on.has(day); day -= 1) run += 1;
  return run;
}

const numberIn = (data: Json | undefined): number => (typeof data === "number" ? data : 0);
const wholeIn = (data: Json | undefined): bigint =>
  typeof data === "string" && /^-?\d+$/.test(data) ? BigInt(data) : 0n;
const listIn = (data: Json | undefined): readonly string[] =>
  Array.isArray(data) ? (data as readonly Json[]).filter((each) => typeof each === "string") : [];
const numbersIn = (data: Json | undefined): readonly number[] =>
  Array.isArray(data) ? (data as readonly Json[]).filter((each) => typeof each === "number") : [];
