import * as z from "zod";
import type { JsonObject } from "../json.ts";
import { siteFile } from "./site-file.ts";

/** The file format as JSON Schema 2020-12, for editors: what people write, before shorthands are resolved. */
export function siteFileSchema(): JsonObject {
  const { $schema, ...schema } = z.toJSONSchema(siteFile, { io: "input", reused: "inline" });
  return {
    $schema: String($schema),
    title: "Caramel site configuration",
    ...(schema as JsonObject),
  };
}
