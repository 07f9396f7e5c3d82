import type { Draft, EventKind, Slot } from "../core/draft.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { isObject } from "../core/json.ts";

/**
 * TypeScript for a site's slots and events: what an application reads over OpenFeature, and what a page or server may send.
 * Stable order, so that a diff shows what changed.
 */
export function typesOf({ site, slots, events = {} }: Draft): string {
  const slotLines = sorted(slots).flatMap(([key, slot]) => [
    ...comment(slot.description),
    `  readonly ${quoted(key)}: ${slotType(slot)};`,
  ]);
  const eventLines = sorted(events).flatMap(([name, kind]) => [
    ...comment(kind.description),
    `  readonly ${quoted(name)}: ${propsType(kind)};`,
  ]);
  return [
    `// Made by \`caramel types\` of the site "${site.key}". Make it again when its slots or events change.`,
    "",
    "/** Slots by key, with the type of their value. */",
    ...block("Slots", slotLines),
    "",
    "/** Declared events by name, with their properties. */",
    ...block("Events", eventLines),
    "",
    "export type SlotKey = keyof Slots;",
    "export type EventName = keyof Events;",
  ].join("\n");
}

const sorted = <T>(map: Readonly<Record<string, T>>): readonly (readonly [string, T])[] =>
  Object.entries(map).sort(([one], [other]) => (one < other ? -1 : 1));

/** An interface without members would accept anything. */
const block = (name: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0
    ? [`export type ${name} = Readonly<Record<never, never>>;`]
    : [`export interface ${name} {`, ...lines, "}"];

const quoted = (name: string): string => JSON.stringify(name);

/** Nothing in a description may end the comment. */
const comment = (description: string): readonly string[] =>
  description === "" ? [] : [`  /** ${description.replaceAll("*/", "* /").replaceAll(/\s+/g, " ")} */`];

function slotType({ type, schema }: Slot): string {
  if (type === "number" || type === "boolean") return type;
  if (type === "json") return schema === null ? "unknown" : schemaType(schema);
  if (type === "list") return schema === null ? "readonly unknown[]" : schemaType(schema);
  return "string";
}

function propsType({ props }: EventKind): string {
  if (props === null) return "Readonly<Record<string, unknown>>";
  const members = sorted(props).map(
    ([name, { type, required }]) =>
      `readonly ${quoted(name)}${required ? "" : "?"}: ${type === "text" ? "string" : type}`,
  );
  return members.length === 0 ? "Readonly<Record<never, never>>" : `{ ${members.join("; ")} }`;
}

const plainTypes: Readonly<Record<string, string>> = {
  string: "string",
  number: "number",
  integer: "number",
  boolean: "boolean",
  null: "null",
};

/** What of JSON Schema has a plain counterpart; the rest is `unknown`, never something narrower than the schema. */
function schemaType(schema: Json | undefined): string {
  if (!isObject(schema)) return "unknown";
  const { enum: values, const: only, type, items } = schema;
  if (Array.isArray(values)) return values.map(literal).join(" | ");
  if (only !== undefined) return literal(only);
  if (Array.isArray(type)) return type.map((each) => schemaType({ ...schema, type: each })).join(" | ");
  if (type === "array") return `readonly ${wrapped(schemaType(items))}[]`;
  if (type === "object") return objectType(schema);
  return typeof type === "string" ? (plainTypes[type] ?? "unknown") : "unknown";
}

const literal = (value: Json): string => (isObject(value) || Array.isArray(value) ? "unknown" : JSON.stringify(value));
const wrapped = (type: string): string => (/[ |]/.test(type) && !type.startsWith("{") ? `(${type})` : type);

function objectType({ properties, required, additionalProperties }: JsonObject): string {
  const names: readonly unknown[] = Array.isArray(required) ? required : [];
  const members = sorted(isObject(properties) ? properties : {}).map(
    ([name, member]) => `readonly ${quoted(name)}${names.includes(name) ? "" : "?"}: ${schemaType(member)}`,
  );
  if (additionalProperties !== false) members.push("readonly [name: string]: unknown");
  return members.length === 0 ? "Readonly<Record<never, never>>" : `{ ${members.join("; ")} }`;
}
