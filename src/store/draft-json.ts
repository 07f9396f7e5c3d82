import * as z from "zod";
import { isObject, type Json, type JsonObject } from "../core/json.ts";

/**
 * What the JSON columns of a draft hold. What a person may leave out when writing SQL has a default here; a member we
 * don't know is refused, so that a misspelt one is noticed.
 */

/** Anything `JSON.parse` gives. */
export const anyJson = z.custom<Json>((value) => value !== undefined);
export const jsonObject = z.custom<JsonObject>(isObject, { error: "expected an object" });
const strings = z.array(z.string());
const share = z.int().min(0).max(10_000);
const fraction = z.number().min(0).max(1);

export const ranges = z.array(z.tuple([share, share]));

export const routePattern = z
  .strictObject({
    path: z.string().startsWith("/"),
    query: z.record(z.string(), z.string()).default({}),
    methods: strings.default(["GET", "HEAD"]),
    surface: z.enum(["html", "json", "pass"]).default("html"),
    errors: z.boolean().default(false),
  })
  .transform(({ errors, ...route }) => (errors ? { ...route, errors: true as const } : route));

export const htmlAction = z.enum([
  "setText",
  "setHtml",
  "setAttribute",
  "removeAttribute",
  "addClass",
  "removeClass",
  "setStyle",
  "prepend",
  "append",
  "before",
  "after",
  "replace",
  "remove",
]);

const htmlOperation = z.strictObject({
  selector: z.string().min(1),
  action: htmlAction,
  name: z.string().nullable().default(null),
  value: z.string().nullable().default(null),
});

const jsonOperation = z.strictObject({
  pointer: z.string(),
  action: z.enum(["set", "remove", "append"]),
  value: anyJson.default(null),
  within: z.string().nullable().default(null),
});

const headerOperation = z.strictObject({
  header: z.string().min(1),
  action: z.enum(["set", "append", "remove"]),
  value: z.string().nullable().default(null),
});

/** Which of the three it is shows in what it points with; so a slip is told in the words of the one that was meant. */
const operation = anyJson.transform((value, context) => {
  const parsed = operationKind(value).safeParse(value);
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) context.addIssue({ code: "custom", path, message });
  return z.NEVER;
});

function operationKind(value: Json) {
  if (isObject(value) && Object.hasOwn(value, "pointer")) return jsonOperation;
  if (isObject(value) && Object.hasOwn(value, "header")) return headerOperation;
  return htmlOperation;
}

export const operations = z.array(operation);

export const move = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("serve"), path: z.string().startsWith("/") }),
  z.strictObject({ kind: z.literal("redirect"), location: z.string().min(1), status: z.literal(302).default(302) }),
]);

export const namespace = z.strictObject({ id: z.string(), from: fraction, to: fraction });

export const filters = z.array(
  z.strictObject({
    seed: z.string(),
    unit: z.string().default("visitor"),
    hashVersion: z.union([z.literal(1), z.literal(2)]).default(2),
    ranges: z.array(z.tuple([fraction, fraction])),
  }),
);

export const prerequisites = z.array(
  z.union([
    z.strictObject({ experience: z.string(), variants: strings.default([]) }),
    z.strictObject({ slot: z.string(), when: jsonObject }),
  ]),
);

export const schedule = z.strictObject({
  from: z.string().nullable().default(null),
  until: z.string().nullable().default(null),
  timeZone: z.string().default("UTC"),
  days: z.array(z.int().min(0).max(6)).nullable().default(null),
  hours: z.tuple([z.number(), z.number()]).nullable().default(null),
});

export const forceRules = z.array(z.strictObject({ when: jsonObject, variant: z.string() }));

export const review = z.strictObject({ required: z.boolean().default(false), ownApproval: z.boolean().default(false) });

export const purposes = z.array(z.enum(["analytics", "personalization"])).min(1);

export const propRules = z.record(
  z.string(),
  z.strictObject({ type: z.enum(["text", "number", "boolean"]), required: z.boolean().default(false) }),
);

const role = z.enum(["primary", "secondary", "guardrail"]);

/** As in files: without a role, the first is primary and the others secondary. */
export const experienceMetrics = z
  .array(z.strictObject({ metric: z.string(), role: role.optional() }))
  .transform((uses) =>
    uses.map((use, index) => ({ ...use, role: use.role ?? (index === 0 ? "primary" : "secondary") })),
  );
