/** A page as the origin sends it. */
export interface Sent {
  readonly name: string;
  /** The Content-Type header. */
  readonly type: string;
  readonly bytes: Buffer;
}

/** Of pages that say so. */
export const utf8 = "text/html; charset=utf-8";
/** A page in UTF-8. */
export const page = (name: string, text: string, type = utf8): Sent => ({ name, type, bytes: Buffer.from(text) });
/** A page of bytes: text is taken as Latin-1. */
export const raw = (name: string, type: string, ...parts: readonly (string | readonly number[])[]): Sent => ({
  name,
  type,
  bytes: Buffer.concat(
    parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part))),
  ),
});
