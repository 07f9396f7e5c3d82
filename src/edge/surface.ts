import { isHtml, isJson, readMediaType } from "../http/media-type.ts";

/**
 * Whether an answer is something that experiences act on: a page or a JSON document that was found.
 *
 * A route such as `/*` also meets images and style sheets. They go out as they came: no cookie, the origin's own caching.
 */
export function isSurface({ status, headers }: Response): boolean {
  if (status !== 200) return false;
  const type = readMediaType(headers.get("content-type"));
  return type !== null && (isHtml(type) || isJson(type));
}
