import type { ReleaseId, SiteKey } from "../core/ids.ts";
import { isObject } from "../core/json.ts";
import type { LivePointer, Release } from "../core/release.ts";
import { releaseShape } from "../core/release.ts";
import { parseJson } from "./parse-json.ts";

/** The names under which KV holds what is live. */
export const hostPrefix = "host:";
export const hostKey = (host: string): string => `${hostPrefix}${host}`;
export const pointerKey = (site: SiteKey): string => `live:${site}`;
export const releaseKey = (id: ReleaseId): string => `release:${id}`;

/** Beside a host's value, so that a listing tells whose it is. */
export interface HostMetadata {
  readonly site: string;
}

/** Beside a pointer that D1 doesn't know of yet: the kill switch was thrown while D1 was away. */
export interface PointerMetadata {
  readonly unrecordedAtMs: number;
}

export const pointerText = ({ site, release, killed, publishedAtMs, staged }: LivePointer): string =>
  JSON.stringify({ site, release, killed, publishedAtMs, staged });

/** @returns `null` for anything that isn't the pointer of this site. */
export function parsePointer(text: string | null, site: SiteKey): LivePointer | null {
  const value = text === null ? null : parseJson(text);
  if (!isObject(value) || value.site !== site || typeof value.release !== "string") return null;
  if (typeof value.killed !== "boolean" || typeof value.publishedAtMs !== "number") return null;
  const { killed, publishedAtMs } = value;
  return { site, release: value.release as ReleaseId, killed, publishedAtMs, ...stagedIn(value.staged) };
}

/** What can't be read is as if nothing were staged. */
function stagedIn(value: unknown): Pick<LivePointer, "staged"> {
  if (!isObject(value)) return {};
  const { release, shareBps, seed } = value;
  if (typeof release !== "string" || typeof shareBps !== "number" || typeof seed !== "string") return {};
  return { staged: { release: release as ReleaseId, shareBps, seed } };
}

/**
 * @returns `null` for a shape we don't know, another release, or text that was cut off. What is inside `content` was
 *   checked when it was compiled, and isn't checked again.
 */
export function parseRelease(text: string | null, id: ReleaseId): Release | null {
  const value = text === null ? null : parseJson(text);
  if (!isObject(value) || value.shape !== releaseShape || value.id !== id) return null;
  if (!isObject(value.content) || !isObject(value.content.site)) return null;
  return value.content.site.key === value.site ? (value as unknown as Release) : null;
}
