import { isObject, type Json, type JsonObject } from "../json.ts";
import { arrow, bare, same, shown } from "./words.ts";

/** More lines than this are counted: whoever changes so much reads the file. */
const mostLines = 40;

/**
 * What differs between two entities, one line for each member: `coverage 50 % → 100 %`, `weight of warm 50 % → 80 %`.
 *
 * @param owner whose member it is, for members of members; empty at the top.
 */
export function memberLines(from: JsonObject, to: JsonObject, owner = ""): readonly string[] {
  const names = [...new Set([...Object.keys(to), ...Object.keys(from)])].filter((name) => !same(from[name], to[name]));
  const lines = names.flatMap((name) => linesOf(name, from[name], to[name], owner));
  return lines.length <= mostLines ? lines : [...lines.slice(0, mostLines), `${lines.length - mostLines} more changes`];
}

const of = (name: string, owner: string): string => (owner === "" ? bare(name) : `${bare(name)} of ${owner}`);

function linesOf(name: string, from: Json | undefined, to: Json | undefined, owner: string): readonly string[] {
  if (name === "variants" && isKeyed(from) && isKeyed(to)) return keyedLines(from, to);
  if (name === "operations" && Array.isArray(from) && Array.isArray(to)) return listLines(from, to, "operation", owner);
  if (name === "slots" && isObject(from) && isObject(to)) return slotLines(from, to, owner);
  if (isList(from) && isList(to)) return [setLine(of(name, owner), from, to)];
  if (isPlainMap(name, from) && isPlainMap(name, to))
    return memberLines(from, to, owner === "" ? bare(name) : `${bare(name)} of ${owner}`);
  return [`${of(name, owner)} ${arrow(name, from, to)}`];
}

/** Conditions and schemas are shown as they stand: their members mean nothing alone. */
const asWhole = new Set(["when", "condition", "audience", "schema", "default", "value", "layer", "namespace"]);
const isPlainMap = (name: string, value: Json | undefined): value is JsonObject =>
  isObject(value) && !asWhole.has(name);

/** A list of words or numbers, in which only what is there matters. */
const isList = (value: Json | undefined): value is readonly Json[] =>
  Array.isArray(value) && value.every((member) => typeof member === "string");

function setLine(name: string, from: readonly Json[], to: readonly Json[]): string {
  const gone = from.filter((member) => !to.includes(member));
  const come = to.filter((member) => !from.includes(member));
  if (gone.length + come.length === 0) return `${name} in another order: ${shown(name, to)}`;
  const said = [...come.map((member) => `+ ${String(member)}`), ...gone.map((member) => `− ${String(member)}`)];
  return `${name} ${said.join(", ")}`;
}

interface Keyed extends JsonObject {
  readonly key: string;
}

const isKeyed = (value: Json | undefined): value is readonly Keyed[] =>
  Array.isArray(value) && value.every((member) => isObject(member) && typeof member.key === "string");

function keyedLines(from: readonly Keyed[], to: readonly Keyed[]): readonly string[] {
  const [before, after] = [keysOf(from), keysOf(to)];
  const lines = [
    ...after.filter((key) => !before.includes(key)).map((key) => `new variant ${key}${weightOf(to, key)}`),
    ...before.filter((key) => !after.includes(key)).map((key) => `variant ${key} goes${weightOf(from, key)}`),
  ];
  const stay = to.flatMap((member) => {
    const earlier = from.find(({ key }) => key === member.key);
    return earlier === undefined ? [] : [[earlier, member] as const];
  });
  lines.push(...stay.flatMap(([earlier, member]) => memberLines(earlier, member, member.key)));
  const kept = (keys: readonly string[], others: readonly string[]) =>
    keys.filter((key) => others.includes(key)).join(", ");
  if (kept(before, after) !== kept(after, before)) lines.push(`variants in another order: ${after.join(", ")}`);
  return withoutImplied(lines, from, to);
}

const keysOf = (members: readonly Keyed[]): readonly string[] => members.map(({ key }) => key);

const weightOf = (members: readonly Keyed[], key: string): string =>
  ` (${shown("weightBps", members.find((member) => member.key === key)?.weightBps)})`;

/** Of two arms, one's weight says the other's. */
function withoutImplied(lines: readonly string[], from: readonly Keyed[], to: readonly Keyed[]): string[] {
  const weights = lines.filter((line) => line.startsWith("weight of "));
  const [first] = to;
  if (from.length !== 2 || to.length !== 2 || weights.length !== 2 || first === undefined) return [...lines];
  return lines.filter((line) => !line.startsWith(`weight of ${first.key} `));
}

function slotLines(from: JsonObject, to: JsonObject, owner: string): readonly string[] {
  const names = [...new Set([...Object.keys(to), ...Object.keys(from)])]
    .sort()
    .filter((name) => !same(from[name], to[name]));
  return names.map((name) => `slot ${name} of ${owner} ${arrow("value", from[name], to[name])}`);
}

/** Members of a list that stand at its beginning or end in both are the same ones; those between are compared in turn. */
function listLines(from: readonly Json[], to: readonly Json[], word: string, owner: string): readonly string[] {
  const start = countWhile((at) => at < Math.min(from.length, to.length) && same(from[at], to[at]));
  const most = Math.min(from.length, to.length) - start;
  const end = countWhile((at) => at < most && same(from[from.length - 1 - at], to[to.length - 1 - at]));
  const [old, now] = [from.slice(start, from.length - end), to.slice(start, to.length - end)];
  return Array.from({ length: Math.max(old.length, now.length) }, (_, at) => at).flatMap((at) => {
    const [one, other] = [old[at], now[at]];
    if (one === undefined) return [`new ${word} of ${owner}: ${operationWords(other)}`];
    if (other === undefined) return [`${word} of ${owner} goes: ${operationWords(one)}`];
    return same(one, other) ? [] : [`${word} of ${owner} ${operationChange(one, other)}`];
  });
}

function countWhile(holds: (at: number) => boolean): number {
  let at = 0;
  while (holds(at)) at += 1;
  return at;
}

/** `setText "#hero h1" "Hello"` */
function operationWords(operation: Json | undefined): string {
  if (!isObject(operation)) return shown("value", operation);
  const { action, name, value } = operation;
  const parts = [String(action), placeWords(operation), ...(name ? [String(name)] : [])];
  return [...parts, ...(value === null || value === undefined ? [] : [shown("value", value)])].join(" ");
}

const placeWords = (operation: JsonObject): string =>
  shown("place", operation.selector ?? operation.pointer ?? operation.header);

function operationChange(from: Json, to: Json): string {
  if (!isObject(from) || !isObject(to)) return arrow("value", from, to);
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].filter((name) => !same(from[name], to[name]));
  if (names.length === 1 && names[0] === "value")
    return `${String(to.action)} ${placeWords(to)}: ${arrow("value", from.value, to.value)}`;
  return `${operationWords(from)} → ${operationWords(to)}`;
}
