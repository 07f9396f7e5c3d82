import type { Draft, Experience } from "../draft.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import { memberLines } from "./member-lines.ts";
import { type Movement, movementOf } from "./movement.ts";
import { movementWords } from "./movement-words.ts";
import { arrow, same } from "./words.ts";

/** One entity that is added, changed or removed: a line of the change list. */
export interface Change {
  readonly kind: "added" | "changed" | "removed";
  /** `experiences`, `slots` …; `site` for a setting of the site itself. */
  readonly group: string;
  /** The entity's key, or the setting's name. */
  readonly key: string;
  /** What is different about it, one sentence each; empty for what is new or gone. */
  readonly details: readonly string[];
  /** How visitors of an experience move; `null` where hashing moves nobody. */
  readonly movement: Movement | null;
}

/** The entities of a draft by group, in the order of a change list. */
const groups = [
  "routes",
  "audiences",
  "slots",
  "metrics",
  "layers",
  "holdouts",
  "experiences",
  "observe",
  "traits",
  "affinities",
  "apps",
  "events",
] as const;
type Group = (typeof groups)[number];

/**
 * What differs between two drafts, in words that people decide by: "hero-copy: weight of warm 50 % → 80 %; 30 % of enrolled
 * visitors would switch, none if sticky". Pure; the same for API and command line. Takes milliseconds for thousands of entities.
 *
 * @param before `null` for a site that does not exist yet.
 */
export function changesBetween(before: Draft | null, after: Draft): readonly Change[] {
  return [...siteChanges(before, after), ...groups.flatMap((group) => groupChanges(group, before, after))];
}

/** A draft's entities are JSON throughout, which their interfaces, having no index signature, can't say. */
const asJson = (value: object): JsonObject => value as unknown as JsonObject;

function siteChanges(before: Draft | null, after: Draft): readonly Change[] {
  const [from, to] = [before === null ? {} : asJson(before.site), asJson(after.site)];
  const names = [...new Set([...Object.keys(to), ...Object.keys(from)])].filter((name) => name !== "key");
  return names.flatMap((name): readonly Change[] => {
    if (same(from[name], to[name])) return [];
    if (before === null && !toldWhenNew.has(name)) return [];
    const details = before === null ? [] : settingLines(name, from[name], to[name]);
    return [{ kind: kindOf(from[name], to[name]), group: "site", key: name, details, movement: null }];
  });
}

/** Of a new site, what its author had to write; the rest are defaults, or are seen in the file. */
const toldWhenNew: ReadonlySet<string> = new Set(["hosts", "origin"]);

const settingLines = (name: string, from: Json | undefined, to: Json | undefined): readonly string[] =>
  isObject(from) && isObject(to) ? memberLines(from, to) : [arrow(name, from, to)];

const kindOf = (from: Json | undefined, to: Json | undefined): Change["kind"] =>
  from === undefined ? "added" : to === undefined ? "removed" : "changed";

function groupChanges(group: Group, before: Draft | null, after: Draft): readonly Change[] {
  const [from, to] = [asJson(before?.[group] ?? {}), asJson(after[group] ?? {})];
  return [...new Set([...Object.keys(to), ...Object.keys(from)])].sort().flatMap((key): readonly Change[] => {
    const [old, now] = [memberOf(from, key), memberOf(to, key)];
    if (same(old, now)) return [];
    const change = { kind: kindOf(old, now), group, key } as const;
    if (change.kind !== "changed" || before === null) return [{ ...change, details: [], movement: null }];
    const moved = group === "experiences" ? moves(key, before, after) : null;
    const details = [...memberLines(asObject(old), asObject(now)), ...consequences(group, key, before, after)];
    return [{ ...change, details: [...details, ...(moved?.words ?? [])], movement: moved?.movement ?? null }];
  });
}

/** Looked up by the object's own keys only: `constructor` is a fine name for an experience. */
const memberOf = (object: JsonObject, key: string): Json | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined;

const asObject = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

function moves(key: string, before: Draft, after: Draft) {
  const [old, now] = [before.experiences[key], after.experiences[key]];
  if (old === undefined || now === undefined) return null;
  const movement = movementOf(key, before, after);
  return { movement, words: movementWords(movement, old, now) };
}

/** What else a change of something shared touches: the experiences that use it. */
function consequences(group: Group, key: string, before: Draft, after: Draft): readonly string[] {
  const users = usersOf[group];
  if (users === undefined) return [];
  const names = Object.entries(after.experiences)
    .filter(
      ([name, experience]) => users(experience, key, name, after) || users(before.experiences[name], key, name, before),
    )
    .map(([name]) => name);
  if (names.length === 0) return ["no experience uses it"];
  const listed = names.slice(0, 8).join(", ");
  return [`concerns ${listed}${names.length > 8 ? ` and ${names.length - 8} more` : ""}`];
}

type Uses = (experience: Experience | undefined, key: string, name: string, draft: Draft) => boolean;

const usersOf: Partial<Record<Group, Uses>> = {
  audiences: (experience, key) => experience?.audience === key,
  slots: (experience, key) => experience?.variants.some(({ slots }) => Object.hasOwn(slots, key)) === true,
  metrics: (experience, key) => experience?.metrics.some(({ metric }) => metric === key) === true,
  layers: (experience, key) => experience?.layer?.key === key,
  holdouts: (experience, key, name, { holdouts }) => {
    const scope = Object.hasOwn(holdouts, key) ? holdouts[key]?.scope : [];
    return experience !== undefined && (scope === null || scope?.includes(name) === true);
  },
};
