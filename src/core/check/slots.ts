import type { Draft, Slot } from "../draft.ts";
import type { Json } from "../json.ts";
import { type Problem, problem } from "../problem.ts";
import type { Checkers } from "./check-draft.ts";
import { pointerProblems, templateProblems } from "./content.ts";
import { at, below, ofVariants } from "./each.ts";
import { schemaProblems, valueProblems } from "./json-schema.ts";
import { operationProblems } from "./operations.ts";
import { selectorProblems } from "./selectors.ts";

/** Slots' places and defaults, and every value that a variant gives one: the type is the slot's, always. */
export const checkSlots = (draft: Draft, checkers: Checkers): readonly Problem[] => [
  ...Object.entries(draft.slots).flatMap(([key, slot]) => slotProblems(slot, at("slots", key), checkers)),
  ...ofVariants(draft, ({ slots }, path) =>
    Object.entries(slots).flatMap(([key, value]) => {
      const slot = Object.hasOwn(draft.slots, key) ? draft.slots[key] : undefined;
      return slot === undefined ? [] : slotValueProblems(value, slot, path + at("slots", key));
    }),
  ),
];

function slotProblems(slot: Slot, path: string, checkers: Checkers): readonly Problem[] {
  const { html, json, schema, type } = slot;
  const takesSchema = type === "json" || type === "list";
  const ofSchema = schema === null ? [] : below(`${path}/schema`, schemaProblems(schema));
  return [
    ...ofSchema,
    ...(schema !== null && !takesSchema
      ? [problem(`${path}/schema`, `A slot of type ${type} has no schema.`, "Take it out, or write `type: json`.")]
      : []),
    ...(ofSchema.length > 0 ? [] : slotValueProblems(slot.default, slot, `${path}/default`)),
    ...(html === null ? [] : htmlPlaceProblems(html, `${path}/html`, checkers)),
    ...(json === null ? [] : pointerProblems(json.pointer, `${path}/json`)),
  ];
}

function htmlPlaceProblems(place: NonNullable<Slot["html"]>, path: string, checkers: Checkers): readonly Problem[] {
  // As an operation that sets a plain word: the value's own type is checked apart.
  const operation = { ...place, value: "x" };
  const takesValue = place.action !== "remove" && place.action !== "removeAttribute";
  return [
    ...selectorProblems(place.selector, `${path}/selector`, checkers),
    ...(takesValue
      ? below(path, operationProblems(operation))
      : [problem(`${path}/action`, `${place.action} shows no value.`, "Write setText, setHtml or setAttribute.")]),
  ];
}

/** A value of the slot's type, with templates that compile; a slot's schema holds for `json` and `list`. */
function slotValueProblems(value: Json, slot: Slot, path: string): readonly Problem[] {
  const mistyped = mistypedValue(value, slot);
  if (mistyped !== null) return [problem(path, ...mistyped)];
  const templates = templateProblems(value, path);
  if (slot.schema === null || schemaProblems(slot.schema).length > 0) return templates;
  return [...templates, ...below(path, valueProblems(value, slot.schema))];
}

type Words = readonly [message: string, advice: string];

function mistypedValue(value: Json, { type }: Slot): Words | null {
  const not = (what: string, example: string): Words => [
    `The slot takes ${what}, not ${short(value)}.`,
    `Write, for example, ${example}.`,
  ];
  switch (type) {
    case "text":
    case "html":
      return typeof value === "string" ? null : not("text", 'an empty text: ""');
    case "number":
      return typeof value === "number" ? null : not("a number", "10");
    case "boolean":
      return typeof value === "boolean" ? null : not("true or false", "true");
    case "image":
    case "url":
      if (typeof value !== "string") return not("a URL", '"/images/cover.jpg"');
      return isSafeUrl(value) ? null : not("a URL of http, https, or a path", '"/images/cover.jpg"');
    case "list":
      return Array.isArray(value) ? null : not("a list", "[]");
    case "json":
      return null;
    default:
      return type satisfies never;
  }
}

/** The scheme is what is dangerous; a template at the start is checked when its value is known. */
function isSafeUrl(text: string): boolean {
  const literal = (text.split(/\{[{%]/)[0] ?? "").replaceAll(/[\s\p{Cc}]/gu, "").toLowerCase();
  const scheme = /^([a-z][a-z0-9+.-]*):/.exec(literal)?.[1];
  if (scheme !== undefined)
    return ["http", "https", "mailto", "tel"].includes(scheme) || literal.startsWith("data:image/");
  return !literal.includes(":") || /^[/?#.]/.test(literal);
}

const short = (value: Json): string => {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};
