import * as z from "zod";
import { type Envelope, type Exposure, envelopeShape, type VisitorEvent } from "../core/event.ts";
import { isKey, type ReleaseId, type SiteKey, type UserId, type VisitorId } from "../core/ids.ts";
import { isObject, type JsonObject } from "../core/json.ts";
import type { RecordedContext } from "../core/replay/recorded.ts";

/**
 * What a queue message turned out to be. `later`: of a shape that a newer version of the Worker sends; it must be kept
 * until one of those reads it.
 */
export type ParsedMessage =
  | { readonly kind: "envelope"; readonly envelope: Envelope }
  | { readonly kind: "later" }
  | { readonly kind: "malformed"; readonly reasons: readonly string[] };

const lastMs = 8.64e15;
const key = z.string().refine(isKey, { error: "expected a key" });
const atMs = z.int().min(0).max(lastMs);
/** SQLite ends a text at NUL, and can't hold half a surrogate pair: two ids could become one. */
const isStorable = (characters: string): boolean => characters.isWellFormed() && !characters.includes("\0");
const plain = z.string().refine(isStorable, { error: "expected characters that can be stored" });
const text = (most: number) => plain.min(1).max(most);

const purposes = z.object({ analytics: z.boolean(), personalization: z.boolean() });

const event: z.ZodType<VisitorEvent> = z.object({
  id: text(128),
  name: text(200),
  atMs,
  value: z.number().nullable(),
  props: z.custom<JsonObject>(isObject, { error: "expected an object" }),
  source: z.enum(["edge", "page", "api"]),
  hourOfWeek: z.exactOptional(z.int().min(0).max(167)),
  carried: z.exactOptional(z.boolean()),
  purposes: z.exactOptional(purposes),
});

const exposure: z.ZodType<Exposure> = z.object({
  experience: key,
  version: z.int(),
  variant: key,
  release: text(64).transform((id) => id as ReleaseId),
  propensityBps: z.int().min(0).max(10_000),
  route: plain.max(2048),
  atMs,
  sticky: z.boolean(),
});

const fact = plain.max(100).nullable();
const recordedContext: z.ZodType<RecordedContext> = z.object({
  path: plain.max(2048),
  query: z.record(plain.max(200), plain.max(500)),
  method: plain.max(20),
  country: fact,
  continent: fact,
  timezone: fact,
  device: z.enum(["desktop", "mobile", "tablet"]),
  language: fact,
  returning: z.boolean(),
  hourMs: atMs,
  audiences: z.array(key).max(1000),
});

/** Members we don't know are left out, not refused: another version of the Worker may send them while both run. */
const envelope: z.ZodType<Envelope> = z.object({
  shape: z.literal(envelopeShape),
  site: key.transform((site) => site as SiteKey),
  visitor: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .transform((visitor) => visitor as VisitorId),
  user: text(256)
    .transform((user) => user as UserId)
    .nullable(),
  exposures: z.array(exposure),
  events: z.array(event),
  refresh: z.boolean(),
  purposes: z.exactOptional(purposes),
  context: z.exactOptional(recordedContext),
});

/** @returns reasons that name the place and what was expected there, never what stood there: that may be personal. */
export function parseEnvelope(body: unknown): ParsedMessage {
  if (isObject(body) && typeof body.shape === "number" && body.shape > envelopeShape) return { kind: "later" };
  const parsed = envelope.safeParse(body);
  if (parsed.success) return { kind: "envelope", envelope: parsed.data };
  return {
    kind: "malformed",
    reasons: parsed.error.issues.map(({ path, message }) => `/${path.join("/")}: ${message}`),
  };
}
