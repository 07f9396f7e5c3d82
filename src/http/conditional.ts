/** What a request may ask for that a page we rewrite cannot give: part of the bytes, or nothing if they are the same. */

const conditions = [
  "range",
  "if-range",
  "if-none-match",
  "if-modified-since",
  "if-match",
  "if-unmodified-since",
  "a-im",
  "available-dictionary",
  "dictionary-id",
];

/** Codings that the platform decodes before, and encodes after, its HTML rewriter. */
const rewritable = new Set(["gzip", "br", "identity", "*"]);

/**
 * Asks the origin for the whole page: its ranges, validators and dictionaries describe bytes that the visitor never had.
 *
 * Codings that could not be rewritten are no longer offered, so that the answer can be.
 */
export function askForFullPage(headers: Headers): void {
  for (const name of conditions) headers.delete(name);
  const accepted = headers.get("accept-encoding");
  if (accepted === null) return;
  const codings = accepted.split(",").map((coding) => coding.trim());
  const kept = codings.filter((coding) => rewritable.has(coding.split(";", 1)[0]?.trim().toLowerCase() ?? ""));
  if (kept.length === codings.length) return;
  headers.set("accept-encoding", kept.length === 0 ? "identity" : kept.join(", "));
}
