import { type ImportOptions, importGrowthbook } from "../../../src/core/growthbook/import/import-growthbook.ts";
import type { Note } from "../../../src/core/growthbook/import/notes.ts";
import type { Json, JsonObject } from "../../../src/core/json.ts";

/** A payload as a configuration file, and what was noted; a test fails where it is no payload. */
export function imported(payload: Json, options: ImportOptions = {}): { file: JsonObject; notes: readonly Note[] } {
  const done = importGrowthbook(payload, { site: "shop", origin: "https://origin.example", ...options });
  if (!done.ok) throw new Error(done.error);
  return done.value;
}

export const importedFile = (payload: Json, options: ImportOptions = {}): Record<string, Json> =>
  imported(payload, options).file;
