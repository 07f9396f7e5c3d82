import { isHtml, isJson, readMediaType } from "../http/media-type.ts";

/** Whether an answer is something that experiences act on: a page or a JSON document. */
export function isSurface({ headers }: Response): boolean {
  const type = readMediaType(headers.get("content-type"));
  return type !== null && (isHtml(type) || isJson(type));
}
