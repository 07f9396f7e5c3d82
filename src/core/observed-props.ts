import { isObject, type Json, type JsonObject } from "./json.ts";
import { sensitiveIn } from "./sensitive.ts";

const mostCharacters = 200;

/** A text as an event may keep it: trimmed and bounded; `null` for none, and for what looks like an address or a card. */
export function keptText(text: string | null): string | null {
  const trimmed = text?.trim() ?? "";
  if (trimmed === "" || sensitiveIn(trimmed) !== null) return null;
  return trimmed.slice(0, mostCharacters).toWellFormed().replaceAll("\0", "");
}

/** The listed values, by property. What is missing or must not be kept is left out. */
export function listedProps(
  fields: Readonly<Record<string, string>>,
  read: (name: string) => string | null,
): JsonObject {
  const kept = Object.entries(fields).map(([property, name]) => [property, keptText(read(name))] as const);
  return Object.fromEntries(kept.filter(([, value]) => value !== null)) as JsonObject;
}

/** The number that an event counts for: that of its property; `null` where there is none. */
export function valueIn(props: JsonObject, property: string | null): number | null {
  const value = property !== null && Object.hasOwn(props, property) ? props[property] : undefined;
  const number = typeof value === "string" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}

/** What a JSON pointer (RFC 6901) leads to; `undefined` for nothing. */
export function atPointer(document: Json, pointer: string): Json | undefined {
  let at: Json | undefined = document;
  for (const segment of pointer.split("/").slice(1)) {
    const key = segment.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(at)) at = /^(0|[1-9]\d*)$/.test(key) ? (at as readonly Json[])[Number(key)] : undefined;
    else at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }
  return at;
}
