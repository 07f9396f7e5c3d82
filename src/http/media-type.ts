/** A Content-Type, parsed (RFC 9110, 8.3.1). */
export interface MediaType {
  /** Type and subtype in lower case, as `text/html`. */
  readonly essence: string;
  /** The charset parameter as written, without quotes; `null` when there is none. */
  readonly charset: string | null;
}

const essenceShape = /^[ \t]*([!#$%&'*+.^_`|~0-9a-z-]+\/[!#$%&'*+.^_`|~0-9a-z-]+)[ \t]*(?:;|$)/i;
/** Parameters before the charset may be quoted, and say anything within their quotes. */
const charsetParameter =
  /^[^;"]*(?:;[^;"]*(?:"(?:[^"\\]|\\.)*"[^;"]*)?)*?;[ \t]*charset=(?:"((?:[^"\\]|\\.)*)"|([^;"\s]*))/i;

/**
 * Reads a Content-Type header.
 *
 * @returns `null` when it is missing, malformed, or several headers joined by a comma: whoever cannot be sure what a
 * body is must leave it alone.
 */
export function readMediaType(header: string | null): MediaType | null {
  const essence = header === null ? null : essenceShape.exec(header);
  if (header === null || essence === null || header.replace(/"[^"]*"/g, "").includes(",")) return null;
  const charset = charsetParameter.exec(header);
  return {
    essence: (essence[1] ?? "").toLowerCase(),
    charset: charset === null ? null : (charset[1]?.replace(/\\(.)/g, "$1") ?? charset[2] ?? ""),
  };
}

/** Whether a body of this type is a page. */
export const isHtml = ({ essence }: MediaType): boolean =>
  essence === "text/html" || essence === "application/xhtml+xml";

/** Whether a body of this type is a JSON document (RFC 8259, and the `+json` suffix of RFC 6839). */
export const isJson = ({ essence }: MediaType): boolean =>
  essence === "application/json" || (essence.startsWith("application/") && essence.endsWith("+json"));
