import { canonicalJson, type Json, type JsonObject } from "../json.ts";

/** The members of `written` that differ from `defaults`, in the order given. `undefined` members are left out too. */
export function withoutDefaults(
  written: Readonly<Record<string, Json | undefined>>,
  defaults: Readonly<Record<string, Json>>,
): JsonObject {
  const kept = Object.entries(written).filter(
    (entry): entry is [string, Json] =>
      entry[1] !== undefined &&
      !(Object.hasOwn(defaults, entry[0]) && canonicalJson(defaults[entry[0]] ?? null) === canonicalJson(entry[1])),
  );
  return Object.fromEntries(kept);
}

/** A map with its keys in order, each member written by `write`; `undefined` when empty, so that it is left out. */
export function exportMap<T>(
  map: Readonly<Record<string, T>>,
  write: (member: T, key: string) => Json,
): JsonObject | undefined {
  const keys = Object.keys(map).sort();
  return keys.length === 0 ? undefined : Object.fromEntries(keys.map((key) => [key, write(map[key] as T, key)]));
}

/** `{ a: undefined }` without its undefined members, so that it is JSON. */
export const defined = (written: Readonly<Record<string, Json | undefined>>): JsonObject =>
  withoutDefaults(written, {});

/** Every member of a map, read by `read`. */
export const mapValues = <From, To>(
  map: Readonly<Record<string, From>> | undefined,
  read: (member: From, key: string) => To,
): Readonly<Record<string, To>> =>
  Object.fromEntries(Object.entries(map ?? {}).map(([key, member]) => [key, read(member, key)]));
