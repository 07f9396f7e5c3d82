import { isKey, type ReleaseId, type SiteKey, type VisitorId } from "./ids.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { linkWith } from "./signed-link.ts";
import { isVisitorId } from "./visit.ts";

/** The query parameter that a preview link carries its token in, and the cookie that keeps the preview on the pages after. */
export const previewParameter = "caramel_preview";

/** The parameter's value that ends a preview. */
export const endOfPreview = "off";

/** What a preview shows: a release or a draft, to whom, where and when. */
export interface PreviewClaims {
  readonly site: SiteKey;
  /** A draft's content has a release's id, too. */
  readonly release: ReleaseId;
  readonly visitor: VisitorId;
  /** Somebody whom nobody has seen before: nothing stored of them is read. */
  readonly isNew: boolean;
  /** When the page is seen; `null`: at the moment it is. */
  readonly atMs: number | null;
  /** Facts of the place, by their names under `context.`: `country`, `region`, `city`, `continent`, `timezone`. */
  readonly place: Readonly<Record<string, string>>;
  /** Request headers that the visitor would have sent: `user-agent`, `accept-language`, `referer`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Traits laid over what is stored. */
  readonly traits: JsonObject;
  /** Variants that are given whatever the rules say, by experience. */
  readonly variants: Readonly<Record<string, string>>;
  readonly expiresAtMs: number;
}

export const placeFacts: ReadonlySet<string> = new Set(["country", "region", "city", "continent", "timezone"]);
export const previewHeaders: ReadonlySet<string> = new Set(["user-agent", "accept-language", "referer"]);

/** What a browser of each device class says of itself: for previews that ask for a device. */
export const typicalBrowsers = {
  desktop: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
  mobile:
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
  tablet:
    "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/604.1",
} as const;

/** A signed token must fit a cookie: 4096 bytes with name and attributes, and base64 makes four of three. */
export const mostClaimsBytes = 2400;

/** The text to sign. */
export const encodePreviewClaims = (claims: PreviewClaims): string =>
  JSON.stringify({
    w: claims.site,
    r: claims.release,
    v: claims.visitor,
    x: claims.expiresAtMs,
    ...(claims.isNew ? { n: 1 } : {}),
    ...(claims.atMs === null ? {} : { a: claims.atMs }),
    ...(isEmpty(claims.place) ? {} : { p: claims.place }),
    ...(isEmpty(claims.headers) ? {} : { h: claims.headers }),
    ...(isEmpty(claims.traits) ? {} : { t: claims.traits }),
    ...(isEmpty(claims.variants) ? {} : { f: claims.variants }),
  });

const isEmpty = (object: object): boolean => Object.keys(object).length === 0;

/** What a signed text said; `null` when it is none of ours or has expired. Never throws. */
export function decodePreviewClaims(text: string, nowMs: number): PreviewClaims | null {
  const value = parsed(text);
  if (!isObject(value)) return null;
  const { w: site, r: release, v: visitor, x: expiresAtMs, a: atMs = null } = value;
  if (typeof site !== "string" || !isKey(site) || typeof release !== "string" || !isVisitorId(visitor)) return null;
  if (typeof expiresAtMs !== "number" || expiresAtMs <= nowMs) return null;
  return {
    site: site as SiteKey,
    release: release as ReleaseId,
    visitor,
    isNew: value.n === 1,
    atMs: typeof atMs === "number" ? atMs : null,
    place: textsIn(value.p),
    headers: textsIn(value.h),
    traits: isObject(value.t) ? value.t : {},
    variants: textsIn(value.f),
    expiresAtMs,
  };
}

function textsIn(value: Json | undefined): Readonly<Record<string, string>> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The address that opens a page of the site in a preview. */
export const previewLink = (base: string, to: string, token: string): string =>
  linkWith(previewParameter, token, base, to);

/** Whether a request asks for a preview, by its link or by the cookie after it. Cheap: every page is asked. */
export const asksForPreview = (url: string, cookies: string | null): boolean =>
  url.includes(`${previewParameter}=`) || cookies?.includes(`${previewParameter}=`) === true;
