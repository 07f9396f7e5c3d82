import type { CompiledRoute } from "../core/compile.ts";
import { isHtml, isJson, readMediaType } from "../http/media-type.ts";

/** Whether an answer is something that experiences act on here: a page, or a document where a route is for documents. */
export function isSurface({ headers }: Response, { candidates }: CompiledRoute): boolean {
  const type = readMediaType(headers.get("content-type"));
  if (type === null) return false;
  return isHtml(type) || (isJson(type) && candidates.some(({ pattern }) => pattern.surface === "json"));
}
