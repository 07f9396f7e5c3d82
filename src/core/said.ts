import { decodeHappenings, encodeHappenings, type Happening } from "./happening.ts";
import type { SiteKey, VisitorId } from "./ids.ts";
import { isObject, type Json } from "./json.ts";

/**
 * What a visitor's pages said happened, until their next page has written it into the visit: a cookie of its own, since a page
 * and a message of the page before it are often answered at the same moment, and of two answers that set one cookie the later
 * would take back what the earlier said.
 */
export interface Said {
  readonly site: SiteKey;
  /** Somebody else who uses the browser next, or the same one logged in, has said nothing of it. */
  readonly visitor: VisitorId;
  /** Oldest first. */
  readonly happened: readonly Happening[];
}

const saidShape = "said1";

/** The cookie's payload, before it is signed: at most some 600 characters, the oldest happenings left out. */
export function encodeSaid({ site, visitor, happened }: Said): string {
  const fromMs = happened[0]?.atMs ?? 0;
  return JSON.stringify([saidShape, site, visitor, fromMs, encodeHappenings(happened, fromMs)]);
}

/** Reads a payload whose signature was right: nothing for what another visitor said, or is of another shape. */
export function decodeSaid(text: string, { site, visitor }: Omit<Said, "happened">): readonly Happening[] {
  const [shape, where, who, fromMs, happened] = listIn(text);
  if (shape !== saidShape || where !== site || who !== visitor || typeof fromMs !== "number") return [];
  return isObject(happened) ? decodeHappenings(happened, fromMs) : [];
}

function listIn(text: string): readonly Json[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
