import * as z from "zod";
import { siteFile } from "../../core/config/site-file.ts";
import { problemSchema } from "./shapes.ts";

type Schema = Readonly<Record<string, unknown>>;

/** Schemas that stand once in the document, by the name that generated clients give them. */
const named: ReadonlyMap<z.core.$ZodType, string> = new Map<z.core.$ZodType, string>([
  [siteFile, "Configuration"],
  [problemSchema, "Problem"],
]);

const referenceTo = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/**
 * Turns our schemas into the document's.
 *
 * Those that refer to themselves carry their parts in `$defs`, to which references of an OpenAPI document do not reach: their
 * parts become the document's own, and equal parts one.
 */
export class Schemas {
  readonly #partNames = new Map<string, string>();
  readonly #parts: Record<string, Schema> = {};

  of(schema: z.ZodType, io: "input" | "output"): Schema {
    const name = named.get(schema);
    return name === undefined ? this.#written(schema, io) : referenceTo(name);
  }

  /** What all others refer to. To be asked for last. */
  components(): Readonly<Record<string, Schema>> {
    const shared = Object.fromEntries([...named].map(([schema, name]) => [name, this.#written(schema, "input")]));
    return { ...shared, ...this.#parts };
  }

  /** What JSON Schema can't say (a refinement) is said by the refusal. */
  #written(schema: z.core.$ZodType, io: "input" | "output"): Schema {
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
    return this.#hoisted(rest);
  }

  #hoisted({ $defs, ...schema }: Schema): Schema {
    if (typeof $defs !== "object" || $defs === null) return schema;
    const renamed = new Map(Object.entries($defs).map(([name, part]) => [name, this.#partNameOf(name, part)]));
    const referring = (value: unknown): Schema =>
      JSON.parse(
        JSON.stringify(value).replaceAll(/"#\/\$defs\/([^"]+)"/g, (_, name: string) =>
          JSON.stringify(referenceTo(renamed.get(name) ?? name).$ref),
        ),
      );
    for (const [name, part] of Object.entries($defs)) this.#parts[renamed.get(name) ?? name] = referring(part);
    return referring(schema);
  }

  #partNameOf(name: string, part: unknown): string {
    const text = `${name} ${JSON.stringify(part)}`;
    const known = this.#partNames.get(text) ?? `Part${this.#partNames.size + 1}`;
    this.#partNames.set(text, known);
    return known;
  }
}
