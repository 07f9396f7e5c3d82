import { isObject, type Json } from "../core/json.ts";
import type { Profile } from "../core/profile.ts";
import { parseJson } from "./parse-json.ts";

const isTime = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);
const isAll = (value: Json | undefined, check: (member: Json) => boolean): boolean =>
  isObject(value) && Object.values(value).every(check);
const isBuckets = (value: Json | undefined): boolean =>
  Array.isArray(value) && value.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isTime));
const isFacts = (value: Json): boolean =>
  isObject(value) &&
  [value.count, value.firstMs, value.lastMs].every(isTime) &&
  isBuckets(value.hours) &&
  isBuckets(value.days);
const isSticky = (value: Json): boolean =>
  isObject(value) && typeof value.variant === "string" && typeof value.version === "number";

/** @returns `null` unless the text is a whole profile. Written without zod: pages wait for it. */
export function parseProfile(text: string | null): Profile | null {
  const value = text === null ? null : parseJson(text);
  if (!isObject(value) || !isObject(value.traits)) return null;
  const { affinities, events, sticky, exposed } = value;
  if (!isAll(affinities, isTime) || !isAll(events, isFacts) || !isAll(sticky, isSticky)) return null;
  if (!Array.isArray(exposed) || !exposed.every((key) => typeof key === "string")) return null;
  return value as unknown as Profile;
}
