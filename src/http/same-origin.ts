/**
 * Whether a page of this very origin made the request, as the browser says it (Fetch standard; no page can choose these
 * headers). `unsaid`: neither header is there, so no browser of today sent it.
 */
export function sameOrigin({ headers, url }: Request): "yes" | "no" | "unsaid" {
  const origin = headers.get("origin");
  const relation = headers.get("sec-fetch-site");
  if (origin === null && relation === null) return "unsaid";
  const isOwn =
    (origin === null || origin === new URL(url).origin) && (relation === null || relation === "same-origin");
  return isOwn ? "yes" : "no";
}
