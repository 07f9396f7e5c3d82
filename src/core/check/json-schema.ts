import { suggest } from "../did-you-mean.ts";
import { canonicalJson, isObject, type Json, type JsonObject } from "../json.ts";
import { type Problem, pointerOf, problem } from "../problem.ts";

/**
 * A subset of JSON Schema 2020-12 of our own: what slots need, small enough for the Worker, and without `pattern`,
 * whose expressions could stall it. An unknown keyword is a problem of the schema, never silently ignored.
 */
const types = ["string", "number", "integer", "boolean", "null", "object", "array"] as const;

const annotations = ["$schema", "$id", "title", "description", "default", "examples", "$comment"];
const keywords = [
  "type",
  "enum",
  "const",
  "properties",
  "required",
  "additionalProperties",
  "items",
  "minItems",
  "maxItems",
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
];

/** What is wrong with a slot's schema itself; pointers begin at the schema. */
export function schemaProblems(schema: JsonObject, path = ""): readonly Problem[] {
  const unknown = Object.keys(schema).filter((key) => !keywords.includes(key) && !annotations.includes(key));
  const properties = isObject(schema.properties) ? Object.entries(schema.properties) : [];
  return [
    ...unknown.map((key) =>
      problem(path + pointerOf(key), `\`${key}\` is not supported in a slot's schema.`, suggest(key, keywords, "")),
    ),
    ...keywordProblems(schema, path),
    ...properties.flatMap(([key, member]) => subschema(member, path + pointerOf("properties", key))),
    ...("items" in schema ? subschema(schema.items, `${path}/items`) : []),
    ...(isObject(schema.additionalProperties)
      ? subschema(schema.additionalProperties, `${path}/additionalProperties`)
      : []),
  ];
}

const subschema = (schema: Json | undefined, path: string): readonly Problem[] =>
  isObject(schema)
    ? schemaProblems(schema, path)
    : [problem(path, "A schema is a mapping.", "Write, for example, { type: string }.")];

const isText = (value: Json): boolean => typeof value === "string";
const shapes: Readonly<Record<string, readonly [fits: (value: Json) => boolean, example: string]>> = {
  type: [(value) => [value].flat().every((name) => (types as readonly Json[]).includes(name)), "type: string"],
  enum: [(value) => Array.isArray(value), "enum: [small, large]"],
  properties: [isObject, "properties: { title: { type: string } }"],
  required: [(value) => Array.isArray(value) && value.every(isText), "required: [title]"],
  additionalProperties: [(value) => typeof value === "boolean" || isObject(value), "additionalProperties: false"],
  ...Object.fromEntries(
    ["minItems", "maxItems", "minLength", "maxLength", "minimum", "maximum"].map((key) => [
      key,
      [(value: Json) => typeof value === "number", `${key}: 1`] as const,
    ]),
  ),
};

const keywordProblems = (schema: JsonObject, path: string): readonly Problem[] =>
  Object.entries(schema).flatMap(([key, value]) => {
    const shape = Object.hasOwn(shapes, key) ? shapes[key] : undefined;
    if (shape === undefined || shape[0](value)) return [];
    return [
      problem(path + pointerOf(key), `\`${key}\` has a value that it can't have.`, `Write, for example, ${shape[1]}.`),
    ];
  });

/** Where a value departs from a schema that has no problems of its own; pointers begin at the value. */
export function valueProblems(value: Json, schema: JsonObject, path = ""): readonly Problem[] {
  const mistyped = typeProblem(value, schema, path);
  if (mistyped !== null) return [mistyped];
  return [
    ...choiceProblems(value, schema, path),
    ...boundProblems(value, schema, path),
    ...(Array.isArray(value) ? itemProblems(value, schema, path) : []),
    ...(isObject(value) ? memberProblems(value, schema, path) : []),
  ];
}

const typeOf = (value: Json): string => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);

function typeProblem(value: Json, schema: JsonObject, path: string): Problem | null {
  if (schema.type === undefined) return null;
  const allowed = [schema.type].flat() as readonly Json[];
  const fits = allowed.some((name) => name === typeOf(value) || (name === "integer" && Number.isInteger(value)));
  return fits
    ? null
    : problem(
        path,
        `The schema wants ${allowed.join(" or ")} here, not ${typeOf(value)}.`,
        "Change the value or the slot's schema.",
      );
}

function choiceProblems(value: Json, schema: JsonObject, path: string): readonly Problem[] {
  const choices = schema.const === undefined ? schema.enum : [schema.const];
  if (!Array.isArray(choices) || choices.some((each) => canonicalJson(each) === canonicalJson(value))) return [];
  const all = choices.map((each) => canonicalJson(each)).join(", ");
  return [
    problem(
      path,
      `The schema does not allow ${canonicalJson(value).slice(0, 80)}.`,
      `Write one of ${all.slice(0, 300)}.`,
    ),
  ];
}

function boundProblems(value: Json, schema: JsonObject, path: string): readonly Problem[] {
  const [size, least, most, what] =
    typeof value === "string"
      ? [value.length, schema.minLength, schema.maxLength, "characters"]
      : Array.isArray(value)
        ? [value.length, schema.minItems, schema.maxItems, "members"]
        : [value, schema.minimum, schema.maximum, ""];
  if (typeof size !== "number") return [];
  const words = (bound: number, than: string) =>
    problem(path, `${what === "" ? size : `${size} ${what}`} is ${than} the schema's ${bound}.`, `Keep to ${bound}.`);
  if (typeof least === "number" && size < least) return [words(least, "below")];
  return typeof most === "number" && size > most ? [words(most, "above")] : [];
}

const itemProblems = (items: readonly Json[], { items: schema }: JsonObject, path: string): readonly Problem[] =>
  isObject(schema) ? items.flatMap((item, index) => valueProblems(item, schema, path + pointerOf(index))) : [];

function memberProblems(value: JsonObject, schema: JsonObject, path: string): readonly Problem[] {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
  const missing = required.filter((key) => !Object.hasOwn(value, key));
  return [
    ...missing.map((key) => problem(path, `\`${key}\` is missing.`, "The slot's schema requires it.")),
    ...Object.entries(value).flatMap(([key, member]) => {
      const here = path + pointerOf(key);
      const own = Object.hasOwn(properties, key) ? properties[key] : schema.additionalProperties;
      if (own === false)
        return [
          problem(
            here,
            `\`${key}\` is not in the slot's schema.`,
            suggest(key, Object.keys(properties), "Take it out."),
          ),
        ];
      return isObject(own) ? valueProblems(member, own, here) : [];
    }),
  ];
}
