import { Context, type RequestFacts } from "../context.ts";
import type { UserId, VisitorId } from "../ids.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import { emptyProfile, type Profile } from "../profile.ts";
import { fail, ok, type Result } from "../result.ts";
import { Subject, type SubjectParts } from "../subject.ts";

/**
 * Who a line asks about, and on which request.
 *
 * `request` has `url`, and may have `method`, `headers`, `visitor`, `user`, `session`, `country`, `region`, `city`,
 * `continent`, `timezone` and `returning`. Beside it: `profile` (only the members that matter), `at` (ISO time or
 * milliseconds), `forced` (variants by experience, as a preview forces them).
 */
export function subjectIn(asked: JsonObject, nowMs: () => number): Result<Subject, string> {
  const { request, profile, at, forced } = asked;
  if (!isObject(request)) return fail("`request` is an object with a `url`");
  const url = typeof request.url === "string" ? urlOf(request.url) : null;
  if (url === null) return fail("`request.url` is no URL");
  const atMs = at === undefined || at === null ? nowMs() : timeOf(at);
  if (atMs === null) return fail("`at` is a time such as 2026-11-23T12:00:00Z, or milliseconds");
  const visitor = text(request.visitor) ?? "";
  return ok(
    new Subject({
      context: new Context(factsOf(request, url, atMs)),
      visitor: visitor as VisitorId,
      user: text(request.user) as UserId | null,
      session: text(request.session) ?? (visitor === "" ? "" : `${visitor}.1`),
      profile: isObject(profile) ? profileOf(profile) : null,
      enrolled: {},
      counted: true,
      forced: (isObject(forced) ? forced : {}) as SubjectParts["forced"],
    }),
  );
}

function factsOf(request: JsonObject, url: URL, nowMs: number): RequestFacts {
  const given = isObject(request.headers) ? request.headers : {};
  const headers = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), String(value)]));
  return {
    method: text(request.method)?.toUpperCase() ?? "GET",
    url: url.href,
    host: url.hostname,
    path: url.pathname,
    search: url.search,
    header: (name) => headers.get(name.toLowerCase()) ?? null,
    place: {
      country: text(request.country),
      region: text(request.region),
      city: text(request.city),
      continent: text(request.continent),
      timezone: text(request.timezone),
    },
    nowMs,
    returning: request.returning === true,
  };
}

const profileOf = (members: JsonObject): Profile => ({ ...emptyProfile, ...(members as Partial<Profile>) });

function timeOf(at: Json): number | null {
  const ms = typeof at === "number" ? at : typeof at === "string" ? Date.parse(at) : Number.NaN;
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? ms : null;
}

/** A person may name a number. */
function text(value: Json | undefined): string | null {
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? value : null;
}

function urlOf(url: string): URL | null {
  try {
    return new URL(url, "https://site.example");
  } catch {
    return null;
  }
}
