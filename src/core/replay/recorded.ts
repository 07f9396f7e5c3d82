import type { CompiledRelease } from "../compile.ts";
import type { Device } from "../context.ts";
import type { RoutePattern } from "../draft.ts";
import { bucketOf } from "../hash.ts";
import type { VisitorId } from "../ids.ts";
import { segmentsOf } from "../route-pattern.ts";
import type { Subject } from "../subject.ts";

/**
 * On which page, and as what kind of visitor, an experience was seen: all that replay needs, and nothing that leads back to
 * anybody. No id, no address, no path or query as they were asked for, no header, no stored fact.
 */
export interface RecordedContext {
  /** A path that the route's pattern matches, parameters filled in with a placeholder. */
  readonly path: string;
  /** What the pattern asks of the query, as the pattern says it. */
  readonly query: Readonly<Record<string, string>>;
  readonly method: string;
  readonly country: string | null;
  readonly continent: string | null;
  readonly timezone: string | null;
  readonly device: Device;
  /** Primary language alone: `de`, not `de-CH`. */
  readonly language: string | null;
  readonly returning: boolean;
  /** The hour in which it was, in milliseconds. */
  readonly hourMs: number;
  /** Named audiences over stored facts that the visitor was in: which of them, never the facts. */
  readonly audiences: readonly string[];
}

const hourMs = 3_600_000;
/** One visitor in a hundred; the same ones for every page, so that their experiences are seen together. */
const sampledBps = 100;
const placeholder = "x";

/** Whether this visitor's contexts are recorded. Costs one hash, and only where an exposure is sent anyway. */
export const isSampled = (visitor: VisitorId): boolean => bucketOf("replay", visitor) < sampledBps;

/** @param pattern by which an experience of the release was here. */
export function recordedOf(
  { context, nowMs }: Subject,
  pattern: RoutePattern,
  audiences: readonly string[],
): RecordedContext {
  const { country, continent, timezone } = context.request.place;
  return {
    path: pathIn(pattern),
    query: Object.fromEntries(
      Object.entries(pattern.query).map(([name, value]) => [name, value === "*" ? placeholder : value]),
    ),
    method: context.request.method === "HEAD" ? "GET" : context.request.method,
    country,
    continent,
    timezone,
    device: context.device,
    language: context.languages[0]?.split("-")[0] ?? null,
    returning: context.request.returning,
    hourMs: Math.floor(nowMs / hourMs) * hourMs,
    audiences,
  };
}

/** The stored audiences that somebody is in, by name. */
export const storedAudiencesOf = (subject: Subject, { audiences }: Pick<CompiledRelease, "audiences">): string[] =>
  [...audiences].filter(([, { isStored, test }]) => isStored && test(subject)).map(([key]) => key);

const pathIn = ({ path }: RoutePattern): string =>
  `/${segmentsOf(path)
    .map((segment) => (segment.startsWith(":") || segment === "*" ? placeholder : segment))
    .join("/")}`;
