import * as z from "zod";
import { siteFile } from "../../core/config/site-file.ts";
import type { Action } from "../access.ts";
import type { Wire } from "../endpoint.ts";
import { problemSchema } from "./shapes.ts";

/** An operation as the document says it. */
export interface Described {
  readonly method: "GET" | "PUT" | "POST" | "DELETE" | "PATCH";
  /** With `:name` for parameters; relative to `/_caramel/api/v1`. */
  readonly path: string;
  readonly action: Action;
  /** One sentence. */
  readonly about: string;
  readonly wire: Wire;
}

type Schema = Readonly<Record<string, unknown>>;

const base = "/_caramel/api/v1";

/**
 * The admin API as an OpenAPI 3.1 document, made from the schemas that parse it: nothing of it is written twice.
 *
 * @param version of Caramel.
 */
export function openApiDocument(operations: readonly Described[], version: string): Schema {
  const paths: Record<string, Record<string, Schema>> = {};
  for (const operation of operations) {
    const path = base + operation.path.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: operationOf(operation) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Caramel",
      version,
      summary: "Drafts, releases, previews, and why a visitor sees what they see.",
      description: `${introduction}\n\nErrors are problem+json (RFC 9457): \`detail\` says what and where, \`problems\` how to mend it.`,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/", description: "The host that answered." }],
    security: [{ bearer: [] }],
    tags: tagsOf(operations),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "A token, as `caramel token create` makes it." },
      },
      schemas: Object.fromEntries([...named].map(([schema, name]) => [name, written(schema, "input")])),
    },
  };
}

const introduction =
  "The admin API of one deployment. A draft is changed as a whole and never live; a release is a draft that was frozen, and is what visitors get.";

/** The first word of a path below the site is what it is about. */
const tagOf = ({ path }: Described): string => /^\/sites\/:site\/([\w-]+)/.exec(path)?.[1] ?? "sites";

const tagsOf = (operations: readonly Described[]) => [...new Set(operations.map(tagOf))].map((name) => ({ name }));

function operationOf(operation: Described): Schema {
  const { action, about, wire } = operation;
  return {
    operationId: wire.id,
    tags: [tagOf(operation)],
    summary: about,
    description: `Allowed to whoever may \`${action}\` on the site.`,
    parameters: parametersOf(operation),
    ...(wire.body === undefined ? {} : { requestBody: requestBody(wire.body, wire.example) }),
    responses: {
      [String(wire.status ?? 200)]: {
        description: "Done.",
        content: { "application/json": { schema: schemaOf(wire.returns, "output") } },
      },
      default: {
        description: "Refused, and nothing was changed.",
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    },
  };
}

function parametersOf({ method, path, wire }: Described): readonly Schema[] {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const inQuery = Object.entries(wire.query ?? {}).map(([name, schema]) => ({
    name,
    in: "query",
    required: !schema.safeParse(undefined).success,
    schema: schemaOf(schema, "input"),
  }));
  const headers = { ...wire.headers, ...(method === "POST" ? onceOnly : {}) };
  const inHeaders = Object.entries(headers).map(([name, description]) => ({
    name,
    in: "header",
    required: false,
    description,
    schema: { type: "string" },
  }));
  return [...inPath, ...inQuery, ...inHeaders];
}

const onceOnly = {
  "Idempotency-Key":
    "A word of your own for this call: sent again within a day, it gets the first answer and does nothing twice.",
};

function requestBody(body: z.ZodType, example: string | undefined): Schema {
  const shown = example === undefined ? undefined : exampleIn(example);
  const content = { schema: schemaOf(body, "input"), ...(shown === undefined ? {} : { example: shown }) };
  return { required: true, content: { "application/json": content } };
}

/** Examples in refusals may be cut short with `…`; such a one is no JSON, and is left out. */
function exampleIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Schemas that stand once in the document, by the name that generated clients give them. */
const named: ReadonlyMap<z.core.$ZodType, string> = new Map<z.core.$ZodType, string>([
  [siteFile, "Configuration"],
  [problemSchema, "Problem"],
]);

const referenceTo = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

export function schemaOf(schema: z.ZodType, io: "input" | "output"): Schema {
  const name = named.get(schema);
  return name === undefined ? written(schema, io) : referenceTo(name);
}

/** What JSON Schema can't say (a refinement) is said by the refusal. */
function written(schema: z.core.$ZodType, io: "input" | "output"): Schema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    reused: "inline",
    override: ({ zodSchema, jsonSchema }) => {
      const name = (zodSchema as z.core.$ZodType) === schema ? undefined : named.get(zodSchema);
      if (name === undefined) return;
      for (const key of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, key);
      Object.assign(jsonSchema, referenceTo(name));
    },
  });
  return rest;
}
