import type { Endpoint, GeneralEndpoint } from "../endpoint.ts";
import { Schemas } from "./schemas.ts";

/** An operation as the tables have it; who answers it is nobody's business here. */
export type Described = Omit<Endpoint | GeneralEndpoint, "handle">;

type Schema = Readonly<Record<string, unknown>>;

/** As far as we look into it ourselves. */
export interface OpenApi extends Schema {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Schema>>>>;
}

const base = "/_caramel/api/v1";

/**
 * The admin API as an OpenAPI 3.1 document, made from the schemas that parse it: nothing of it is written twice.
 *
 * @param version of Caramel.
 */
export function openApiDocument(operations: readonly Described[], version: string): OpenApi {
  const schemas = new Schemas();
  const paths: Record<string, Record<string, Schema>> = {};
  for (const operation of operations) {
    const path = addressOf(operation);
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: operationOf(operation, schemas) };
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
      schemas: schemas.components(),
    },
  };
}

const addressOf = ({ path }: Described): string => base + path.replaceAll(/:(\w+)/g, "{$1}");

/** What the document says of an operation. */
export const operationIn = ({ paths }: OpenApi, operation: Described): Schema =>
  paths[addressOf(operation)]?.[operation.method.toLowerCase()] ?? {};

const introduction =
  "The admin API of one deployment. A draft is changed as a whole and never live; a release is a draft that was frozen, and is what visitors get.";

/** The first word of a path below the site is what it is about. */
export const tagOf = ({ path }: Described): string => /^(?:\/sites\/:site)?\/([\w-]+)/.exec(path)?.[1] ?? "sites";

const tagsOf = (operations: readonly Described[]) => [...new Set(operations.map(tagOf))].map((name) => ({ name }));

function operationOf(operation: Described, schemas: Schemas): Schema {
  const { action, about, wire } = operation;
  return {
    operationId: wire.id,
    tags: [tagOf(operation)],
    summary: about,
    description: whoMay(action),
    parameters: parametersOf(operation, schemas),
    ...(wire.body === undefined ? {} : { requestBody: requestBody(schemas.of(wire.body, "input"), wire.example) }),
    responses: {
      [String(wire.status ?? 200)]: {
        description: "Done.",
        content: { "application/json": { schema: schemas.of(wire.returns, "output") } },
      },
      default: {
        description: "Refused, and nothing was changed.",
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    },
  };
}

const whoMay = (action: Described["action"]): string =>
  action === "anyone" ? "For everybody who is known." : `Allowed to whoever may \`${action}\`.`;

/** What a call that looks at one visitor has to say. */
const reason = {
  name: "reason",
  in: "query",
  required: false,
  description: "Why a visitor is looked at, in 3 to 300 characters: it is written into the audit.",
  schema: { type: "string" },
};

function parametersOf({ method, path, wire, looksAtVisitor }: Described, schemas: Schemas): readonly Schema[] {
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
    schema: schemas.of(schema, "input"),
  }));
  const headers = { ...wire.headers, ...(method === "POST" ? onceOnly : {}) };
  const inHeaders = Object.entries(headers).map(([name, description]) => ({
    name,
    in: "header",
    required: false,
    description,
    schema: { type: "string" },
  }));
  return [...inPath, ...inQuery, ...(looksAtVisitor === undefined ? [] : [reason]), ...inHeaders];
}

const onceOnly = {
  "Idempotency-Key":
    "A word of your own for this call: sent again within a day, it gets the first answer and does nothing twice.",
};

function requestBody(schema: Schema, example: string | undefined): Schema {
  const shown = example === undefined ? undefined : exampleIn(example);
  const content = { schema, ...(shown === undefined ? {} : { example: shown }) };
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
