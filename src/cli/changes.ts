import { canonicalJson, isObject, type Json, type JsonObject } from "../core/json.ts";

/** One entity that a file adds, changes or removes. */
export interface Change {
  readonly kind: "+" | "~" | "-";
  /** `experiences hero-copy`, or a setting of the site. */
  readonly what: string;
}

/**
 * What differs between two configuration files, entity by entity, in the file's order.
 *
 * @param before `null` for a site that does not exist yet.
 */
export function changesBetween(before: JsonObject | null, after: JsonObject): readonly Change[] {
  const old = before ?? {};
  const names = [...new Set([...Object.keys(after), ...Object.keys(old)])];
  return names.flatMap((name) => {
    const [from, to] = [old[name], after[name]];
    if (isGroup(name)) return memberChanges(name, from, to);
    const change = changeOf(from, to);
    return change === null ? [] : [{ kind: change, what: name }];
  });
}

const groups = ["routes", "audiences", "slots", "metrics", "layers", "holdouts", "experiences"];
const isGroup = (name: string): boolean => groups.includes(name);

function memberChanges(group: string, from: Json | undefined, to: Json | undefined): readonly Change[] {
  const [old, now] = [isObject(from) ? from : {}, isObject(to) ? to : {}];
  return [...new Set([...Object.keys(now), ...Object.keys(old)])].sort().flatMap((key) => {
    const change = changeOf(memberOf(old, key), memberOf(now, key));
    return change === null ? [] : [{ kind: change, what: `${group} ${key}` }];
  });
}

const memberOf = (object: JsonObject, key: string): Json | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined;

function changeOf(from: Json | undefined, to: Json | undefined): Change["kind"] | null {
  if (from === undefined) return to === undefined ? null : "+";
  if (to === undefined) return "-";
  return canonicalJson(from) === canonicalJson(to) ? null : "~";
}
