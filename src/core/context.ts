import { localTimeOf } from "./local-time.ts";

/** The facts of one request, as the edge (or explain, or a preview) hands them in. Plain data and one header reader. */
export interface RequestFacts {
  readonly method: string;
  /** The whole URL as the visitor sees it. */
  readonly url: string;
  readonly host: string;
  /** As sent, still percent-encoded, without the query. */
  readonly path: string;
  /** From the `?` on, or empty. */
  readonly search: string;
  readonly header: (name: string) => string | null;
  readonly place: Place;
  readonly nowMs: number;
  /** Whether the visitor was here in an earlier session. */
  readonly returning: boolean;
}

/** Where the visitor is, by their address; `null` where it is not known. */
export interface Place {
  readonly country: string | null;
  readonly region: string | null;
  readonly city: string | null;
  readonly continent: string | null;
  /** IANA name. */
  readonly timezone: string | null;
}

export type Device = "desktop" | "mobile" | "tablet";

const tabletPattern = /ipad|tablet|playbook|silk|kindle|android(?!.*mobile)/i;
const mobilePattern = /mobi|iphone|ipod|android|phone|blackberry|opera mini/i;

/** A coarse class: enough to choose a layout by, never to recognise a person by. */
export function deviceOf(userAgent: string): Device {
  if (tabletPattern.test(userAgent)) return "tablet";
  return mobilePattern.test(userAgent) ? "mobile" : "desktop";
}

/** Languages of an `Accept-Language` header, best first, lower case; `*` and refused ones (`q=0`) are left out. RFC 9110, 12.5.4. */
export function languagesOf(header: string): readonly string[] {
  return header
    .slice(0, 500)
    .split(",")
    .map((part) => {
      const [tag = "", ...parameters] = part.trim().toLowerCase().split(";");
      const quality = parameters.map((text) => text.trim()).find((text) => text.startsWith("q="));
      return { tag: tag.trim(), quality: quality === undefined ? 1 : Number(quality.slice(2)) || 0 };
    })
    .filter(({ tag, quality }) => tag !== "" && tag !== "*" && quality > 0)
    .sort((one, other) => other.quality - one.quality)
    .map(({ tag }) => tag);
}

/** Query parameters, the first of each name, in an object without a prototype. */
export function queryOf(search: string): Readonly<Record<string, string>> {
  const query: Record<string, string> = Object.create(null);
  if (search.length < 2) return query;
  for (const [name, value] of new URLSearchParams(search)) {
    if (!(name in query)) query[name] = value;
  }
  return query;
}

/**
 * What conditions may read under `context.`, worked out when first asked for.
 *
 * Never throws: a header that says nothing useful is an absent fact.
 */
export class Context {
  readonly request: RequestFacts;
  #query: Readonly<Record<string, string>> | undefined;
  #languages: readonly string[] | undefined;
  #device: Device | undefined;
  #local: { readonly hour: number; readonly weekday: number } | undefined;

  constructor(request: RequestFacts) {
    this.request = request;
  }

  get query(): Readonly<Record<string, string>> {
    this.#query ??= queryOf(this.request.search);
    return this.#query;
  }

  get languages(): readonly string[] {
    this.#languages ??= languagesOf(this.request.header("accept-language") ?? "");
    return this.#languages;
  }

  get device(): Device {
    this.#device ??= deviceOf((this.request.header("user-agent") ?? "").slice(0, 1000));
    return this.#device;
  }

  /** Hour (0 … 23) and weekday (0 is Sunday) where the visitor is; UTC where that is not known. */
  get local(): { readonly hour: number; readonly weekday: number } {
    this.#local ??= localTimeOf(this.request.nowMs, this.request.place.timezone ?? "UTC");
    return this.#local;
  }
}

/** Every fact under `context.`, by name. A name that is not here is an error on save and false at the edge. */
export const contextFacts = {
  url: (context) => context.request.url,
  host: (context) => context.request.host,
  path: (context) => context.request.path,
  method: (context) => context.request.method,
  query: (context) => context.query,
  search: (context) => context.request.search,
  target: (context) => context.request.path + context.request.search,
  referrer: (context) => context.request.header("referer"),
  country: (context) => context.request.place.country,
  region: (context) => context.request.place.region,
  city: (context) => context.request.place.city,
  continent: (context) => context.request.place.continent,
  timezone: (context) => context.request.place.timezone,
  hour: (context) => context.local.hour,
  weekday: (context) => context.local.weekday,
  hourOfWeek: (context) => context.local.weekday * 24 + context.local.hour,
  now: (context) => context.request.nowMs,
  device: (context) => context.device,
  language: (context) => context.languages[0] ?? null,
  languages: (context) => context.languages,
  returning: (context) => context.request.returning,
  utm: (context) => ({
    source: context.query.utm_source ?? null,
    medium: context.query.utm_medium ?? null,
    campaign: context.query.utm_campaign ?? null,
    term: context.query.utm_term ?? null,
    content: context.query.utm_content ?? null,
  }),
} as const satisfies Record<string, (context: Context) => unknown>;
