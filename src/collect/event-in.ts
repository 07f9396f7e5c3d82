import type { Draft, EventKind, PropRule } from "../core/draft.ts";
import type { VisitorEvent } from "../core/event.ts";
import { eventNameShape } from "../core/event-name.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { sensitiveIn } from "../core/sensitive.ts";
import { intakeLimits } from "./limits.ts";

/** Why an event was not accepted: a word for programs, a sentence for people. Neither repeats what was sent. */
export interface Rejection {
  readonly reason: Reason;
  readonly detail: string;
}

export type Reason =
  | "shape"
  | "id"
  | "name"
  | "undeclared"
  | "time"
  | "too_old"
  | "value"
  | "props"
  | "sensitive"
  | "preview"
  | "no_visitor"
  | "no_consent";

/** An event as sent, checked. Who it is of may stand in it when a server sends it. */
export interface EventIn extends Omit<VisitorEvent, "source"> {
  readonly kind: EventKind | null;
  readonly visitor: Json;
  readonly user: Json;
}

type Parsed<T> = Result<T, Rejection>;

const reject = (reason: Reason, detail: string): { readonly ok: false; readonly error: Rejection } =>
  fail({ reason, detail });

const members = new Set(["id", "name", "time", "value", "props"]);
const serverMembers = new Set([...members, "visitor", "user"]);

/** Reads one event. Strict: what we do not know is refused, so that a misspelt member is noticed by its sender. */
export function eventIn(value: Json, site: Draft, isServer: boolean, nowMs: number): Parsed<EventIn> {
  if (!isObject(value))
    return reject("shape", "An event is an object: id, name, time, and if need be value and props.");
  const known = isServer ? serverMembers : members;
  if (Object.keys(value).some((member) => !known.has(member))) {
    return reject("shape", `An event has these members only: ${[...known].join(", ")}.`);
  }
  const id = idIn(value.id);
  const name = nameIn(value.name, site);
  const atMs = timeIn(value.time, nowMs);
  const amount = valueIn(value.value);
  if (!id.ok) return id;
  if (!name.ok) return name;
  if (!atMs.ok) return atMs;
  if (!amount.ok) return amount;
  const kind = kindOf(name.value, site);
  const props = propsIn(value.props, kind);
  if (!props.ok) return props;
  const { visitor = null, user = null } = value;
  const what = { id: id.value, name: name.value, atMs: atMs.value, value: amount.value, props: props.value };
  return ok({ ...what, kind, visitor, user });
}

const idShape = new RegExp(`^[A-Za-z0-9][A-Za-z0-9_.:-]{0,${intakeLimits.idCharacters - 1}}$`);

/** The event's id as it may be repeated to its sender; `null` for what is none. */
export const idOf = (value: Json): string | null =>
  isObject(value) && typeof value.id === "string" && idShape.test(value.id) ? value.id : null;

function idIn(value: Json | undefined): Parsed<string> {
  if (typeof value === "string" && idShape.test(value)) return ok(value);
  const most = intakeLimits.idCharacters;
  return reject("id", `id: 1 to ${most} letters, digits, _ . : or -, the same when the event is sent again.`);
}

function nameIn(value: Json | undefined, site: Draft): Parsed<string> {
  if (typeof value !== "string" || !eventNameShape.test(value)) {
    return reject("name", "name: 1 to 64 small letters, digits, _ . : or -.");
  }
  if (site.site.unknownEvents === "reject" && kindOf(value, site) === null) {
    return reject("undeclared", "This site takes only the events that its configuration declares.");
  }
  return ok(value);
}

const kindOf = (name: string, { events }: Draft): EventKind | null =>
  events !== undefined && Object.hasOwn(events, name) ? (events[name] ?? null) : null;

const isoShape = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;

/** A clock that runs ahead is set to ours; what is too old is refused. */
function timeIn(value: Json | undefined, nowMs: number): Parsed<number> {
  const atMs = typeof value === "string" && isoShape.test(value) ? Date.parse(value) : value;
  if (typeof atMs !== "number" || !Number.isFinite(atMs) || atMs < 0) {
    return reject("time", "time: milliseconds since 1970, or ISO 8601 with seconds and offset.");
  }
  if (atMs < nowMs - intakeLimits.oldestMs) return reject("too_old", "time: at most 7 days ago, in milliseconds.");
  return ok(Math.min(Math.floor(atMs), nowMs));
}

function valueIn(value: Json | undefined): Parsed<number | null> {
  if (value === undefined || value === null) return ok(null);
  if (typeof value !== "number" || !Number.isFinite(value) || Math.abs(value) > intakeLimits.valueMagnitude) {
    return reject(
      "value",
      `value: a number between -${intakeLimits.valueMagnitude} and ${intakeLimits.valueMagnitude}.`,
    );
  }
  return ok(value);
}

const keyOf = new RegExp(`^[A-Za-z][A-Za-z0-9_.-]{0,${intakeLimits.propKeyCharacters - 1}}$`);
/** Names that mean something to the language: nobody means them as a property. */
const languageKeys = new Set(["constructor", "prototype", "hasOwnProperty", "toString", "valueOf"]);

/** Reads an object of scalars: the properties of an event, or the traits of a visitor. */
export function propsIn(value: Json | undefined, kind: EventKind | null): Parsed<JsonObject> {
  if (value === undefined) return propsOf([], kind);
  if (!isObject(value)) return reject("props", "props: an object of texts, numbers, true and false.");
  const entries = Object.entries(value);
  if (entries.length > intakeLimits.propsPerEvent) {
    return reject("props", `props: at most ${intakeLimits.propsPerEvent} of them.`);
  }
  return propsOf(entries, kind);
}

function propsOf(entries: readonly (readonly [string, Json])[], kind: EventKind | null): Parsed<JsonObject> {
  for (const [key, value] of entries) {
    if (!keyOf.test(key) || languageKeys.has(key)) {
      return reject("props", "props: names begin with a letter and have at most 64 letters, digits, _ . or -.");
    }
    const wrong = wrongProp(value);
    if (wrong !== null) return fail(wrong);
  }
  const undeclared = kind?.props ? undeclaredIn(entries, kind.props) : null;
  return undeclared === null ? ok(Object.fromEntries(entries)) : fail(undeclared);
}

/** Control characters, and half surrogate pairs: they hide lines in logs, and SQLite can't hold all of them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]|\p{Surrogate}/u;

function wrongProp(value: Json): Rejection | null {
  if (typeof value === "boolean") return null;
  if (typeof value === "number" && !Number.isFinite(value))
    return { reason: "props", detail: "props: finite numbers." };
  if (typeof value !== "number" && typeof value !== "string") {
    return { reason: "props", detail: "props: texts, numbers, true and false; nothing inside one another." };
  }
  if (typeof value === "string" && value.length > intakeLimits.propTextCharacters) {
    return { reason: "props", detail: `props: texts of at most ${intakeLimits.propTextCharacters} characters.` };
  }
  if (typeof value === "string" && unprintable.test(value)) {
    return { reason: "props", detail: "props: texts of one line, without control characters." };
  }
  const found = sensitiveIn(value);
  if (found === null) return null;
  const what = found === "email" ? "an e-mail address" : "a card's number";
  return { reason: "sensitive", detail: `props: one looks like ${what}; send an id of your own instead.` };
}

function undeclaredIn(
  entries: readonly (readonly [string, Json])[],
  rules: Readonly<Record<string, PropRule>>,
): Rejection | null {
  const given = new Map(entries);
  const stranger = entries.some(([key]) => !Object.hasOwn(rules, key));
  if (stranger)
    return { reason: "props", detail: `props: this event declares ${Object.keys(rules).join(", ") || "none"}.` };
  for (const [key, { type, required }] of Object.entries(rules)) {
    const value = given.get(key);
    if (value === undefined ? required : typeOf(value) !== type) {
      return { reason: "props", detail: `props: ${key} must be a ${type}.` };
    }
  }
  return null;
}

const typeOf = (value: Json): string => (typeof value === "string" ? "text" : typeof value);
