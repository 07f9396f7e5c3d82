import type { Purposes } from "./consent.ts";
import type { Bps, ReleaseId, SiteKey, UserId, VisitorId } from "./ids.ts";
import type { JsonObject } from "./json.ts";
import type { RecordedContext } from "./replay/recorded.ts";

/** Raise it when the shape of a queue message changes; the consumer understands every shape that may still be in flight. */
export const envelopeShape = 1;

/** One queue message: what one request learnt about one visitor. At most 128 KB of JSON. */
export interface Envelope {
  readonly shape: typeof envelopeShape;
  readonly site: SiteKey;
  readonly visitor: VisitorId;
  readonly user: UserId | null;
  readonly exposures: readonly Exposure[];
  readonly events: readonly VisitorEvent[];
  /** The edge missed the visitor's copy in KV: write it again from D1. */
  readonly refresh: boolean;
  /** What the visitor allowed when this was learnt. Left out: everything. */
  readonly purposes?: Purposes;
  /** On which kind of page, as what kind of visitor: recorded of one visitor in a hundred, apart from who they are. */
  readonly context?: RecordedContext;
}

/** An assignment that made a difference to a response. Its key is (visitor, experience, version): repeats change nothing. */
export interface Exposure {
  readonly experience: string;
  readonly version: number;
  readonly variant: string;
  readonly release: ReleaseId;
  /** The probability with which this variant was given, among those who enter. */
  readonly propensityBps: Bps;
  /** The path pattern of the route, never the raw path. */
  readonly route: string;
  readonly atMs: number;
  /** Whether the assignment must be remembered in the profile. */
  readonly sticky: boolean;
}

/** Something that happened. `id` is the key: the same id is counted once. */
export interface VisitorEvent {
  readonly id: string;
  readonly name: string;
  readonly atMs: number;
  readonly value: number | null;
  readonly props: JsonObject;
  readonly source: "edge" | "page" | "api";
  /** Hour of the week where the visitor was: 0 (Sunday, midnight) … 167. Left out where the time zone is not known. */
  readonly hourOfWeek?: number;
  /** The visit cookie knows it too, until the profile does. See `happening.ts`. */
  readonly carried?: boolean;
  /** What this event may be used for. Left out: what its envelope says. */
  readonly purposes?: Purposes;
}
