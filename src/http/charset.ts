/** How a page's text can be read and written. */
export interface PageCharset {
  /** The name to give to HTMLRewriter. */
  readonly label: string;
  /** The header says UTF-8: what we insert may be written as it is. Otherwise it must be ASCII. */
  readonly certain: boolean;
}

/** The encodings of the Encoding standard that are not supersets of ASCII, which a rewriter of bytes cannot take. */
const notAscii: ReadonlySet<string> = new Set(["utf-16le", "utf-16be", "iso-2022-jp", "replacement"]);

const utf8Names = /^(?:utf-?8|unicode-1-1-utf-8|unicode11utf8|unicode20utf8|x-unicode20utf8)$/i;

/**
 * What to make of the charset of a Content-Type header (`null`: it has none).
 *
 * @returns `null` for an encoding that is unknown or no superset of ASCII: such a page must be left alone.
 */
export function pageCharset(charset: string | null): PageCharset | null {
  // Without a header the page may say what it is in a <meta>, too late for us: it is read as UTF-8 and written as ASCII.
  if (charset === null || charset.trim() === "") return { label: "utf-8", certain: false };
  const name = charset.trim();
  if (utf8Names.test(name)) return { label: "utf-8", certain: true };
  try {
    const { encoding } = new TextDecoder(name);
    return notAscii.has(encoding) ? null : { label: encoding, certain: false };
  } catch {
    return null;
  }
}
