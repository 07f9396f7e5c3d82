import { canonicalJson, type Json } from "../json.ts";

/** Longer values are cut: the change is what matters, and the file holds the rest. */
const mostCharacters = 70;

/** A share of 0 to 1 in percent, as people read it: `30 %`, `0.5 %`, `less than 0.1 %`. */
export function percent(share: number): string {
  const rounded = Math.round(share * 1000) / 10;
  if (rounded === 0 && share > 0) return "less than 0.1 %";
  return rounded === 100 && share < 1 ? "more than 99.9 %" : `${rounded} %`;
}

/** A value as a change list shows it. Members whose name ends in `Bps` are shares. */
export function shown(name: string, value: Json | undefined): string {
  if (value === undefined || value === null) return "none";
  if (name.endsWith("Bps") && typeof value === "number") return `${value / 100} %`;
  if (Array.isArray(value) && value.every((member) => typeof member !== "object"))
    return value.length === 0 ? "none" : cut(value.join(", "));
  return cut(typeof value === "string" && value !== "" ? quoted(name, value) : canonicalJson(value));
}

/** Words of the language stand bare; what authors wrote stands in quotes. */
const bareNames = new Set([
  "kind",
  "sticky",
  "unit",
  "fallbackUnit",
  "seed",
  "type",
  "action",
  "consent",
  "bots",
  "event",
]);
const quoted = (name: string, value: string): string => (bareNames.has(name) ? value : JSON.stringify(value));

export const cut = (text: string): string =>
  text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters - 1).trimEnd()}…`;

/** `from → to`. Of long texts that begin alike, the part where they differ. */
export function arrow(name: string, from: Json | undefined, to: Json | undefined): string {
  const [one, other] = [shown(name, from), shown(name, to)];
  if (one !== other) return `${one} → ${other}`;
  const [whole, changed] = [canonicalJson(from ?? null), canonicalJson(to ?? null)];
  const start = Math.max(0, firstDifference(whole, changed) - 20);
  return `…${cut(whole.slice(start))} → …${cut(changed.slice(start))}`;
}

function firstDifference(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return at;
}

/** A member's name without its unit. */
export const bare = (name: string): string => name.replace(/(Bps|Ms)$/, "");

/** Whether two values say the same, however their keys are ordered. */
export const same = (one: Json | undefined, other: Json | undefined): boolean =>
  one === other || canonicalJson(one ?? null) === canonicalJson(other ?? null);
