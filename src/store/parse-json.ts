import type { Json } from "../core/json.ts";

/** @returns `undefined` when `text` is not JSON: no JSON text means that. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
