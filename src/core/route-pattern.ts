import type { RoutePattern } from "./draft.ts";

/** A path pattern taken apart: literal segments, `null` for one segment of any text, and whether more may follow. */
export interface PathShape {
  readonly segments: readonly (string | null)[];
  readonly open: boolean;
}

/** Segments of a path as compared: a trailing slash makes no difference, everything else does. */
export function segmentsOf(path: string): readonly string[] {
  const trimmed = path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
  return trimmed === "/" || trimmed === "" ? [] : trimmed.slice(1).split("/");
}

/**
 * Takes a pattern apart. Literals are compared percent-encoded, as browsers send them, so `/café` is found.
 *
 * `:name` stands for exactly one segment, a last `*` for any rest, none included.
 */
export function pathShapeOf(path: string): PathShape {
  const segments = segmentsOf(path);
  const open = segments.at(-1) === "*";
  const fixed = open ? segments.slice(0, -1) : segments;
  return { open, segments: fixed.map((segment) => (isParameter(segment) ? null : encodeLiteral(segment))) };
}

const isParameter = (segment: string): boolean => segment.startsWith(":") || segment === "*";

/** Encodes what a browser would; what is encoded already stays. */
const encodeLiteral = (segment: string): string => encodeURI(segment).replaceAll("%25", "%");

/** What is wrong with a path pattern, as a message; `null` when nothing is. */
export function pathProblem(path: string): string | null {
  if (!path.startsWith("/")) return "a path begins with /";
  if (path.includes("?") || path.includes("#")) return "a path has neither ? nor #: name parameters under `query`";
  if (path.length > 500) return "a path has at most 500 characters";
  const stray = segmentsOf(path).find((segment) => segment.includes("*") && segment !== "*");
  return stray === undefined ? null : `\`${stray}\`: a * stands for whole segments`;
}

const shapes = new WeakMap<RoutePattern, PathShape>();

/** Remembered: a check of a thousand experiences compares each pattern with many. */
function shapeOf(pattern: RoutePattern): PathShape {
  const known = shapes.get(pattern) ?? pathShapeOf(pattern.path);
  shapes.set(pattern, known);
  return known;
}

/** Whether some path fits both patterns. */
export function overlap(one: RoutePattern, other: RoutePattern): boolean {
  if (!one.methods.some((method) => other.methods.includes(method))) return false;
  const a = shapeOf(one);
  const b = shapeOf(other);
  const shared = Math.min(a.segments.length, b.segments.length);
  for (let at = 0; at < shared; at += 1) {
    const left = a.segments[at];
    const right = b.segments[at];
    if (left !== null && right !== null && left !== right) return false;
  }
  if (a.segments.length < b.segments.length) return a.open;
  return a.segments.length === b.segments.length || b.open;
}

/** Whether the request's parameters are those that the pattern asks for. */
export function queryFits(wanted: RoutePattern["query"], query: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([name, value]) => {
    const given = Object.hasOwn(query, name) ? query[name] : undefined;
    return given !== undefined && (value === "*" || value === given);
  });
}
