import type { SlotType } from "../../draft.ts";
import { isObject, type Json } from "../../json.ts";

/** The type of slot that takes all these values. */
export function slotTypeOf(values: readonly Json[]): SlotType {
  if (values.every((value) => typeof value === "boolean")) return "boolean";
  if (values.every((value) => typeof value === "number")) return "number";
  return values.every((value) => typeof value === "string") ? "text" : "json";
}

/** A value as it stands: what looks like a template in it is no template. */
export function literal(value: Json): Json {
  if (typeof value === "string") return literalText(value);
  if (Array.isArray(value)) return value.map(literal);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, literal(member)]));
}

export const literalText = (text: string): string =>
  text.includes("{{") || text.includes("{%") ? `{% raw %}${text}{% endraw %}` : text;
