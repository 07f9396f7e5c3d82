import { equals, gt, isSpace, lower, slash, valueEnd } from "./scan.ts";
import { hashStep } from "./tag-table.ts";

/** No name that matters is longer, `</noscript` and one more. */
const longestName = 12;

/** Reads one tag after the other. What it found out of the last one stands in its fields: this is the hot path. */
export class TagReader {
  /** Of the tag's name. */
  hash = 0;
  isSelfClosing = false;

  /** Reads a tag whose name begins at `name`. Returns its end, or -1 when it does not end yet. */
  end(bytes: Uint8Array, name: number): number {
    const length = bytes.length;
    let hash = 0;
    let i = name;
    for (; i < length; i++) {
      const code = bytes[i] ?? 0;
      if (code <= gt && (code === gt || code === slash || isSpace(code))) break;
      hash = hashStep(hash, lower(code));
    }
    this.hash = hash;
    let named = false;
    let lastSlash = -1;
    for (; i < length; i++) {
      const code = bytes[i] ?? 0;
      if (code > gt) named = true;
      else if (code === equals && named) {
        i = valueEnd(bytes, i + 1);
        if (i < 0) return -1;
        named = false;
      } else if (code === gt) {
        this.isSelfClosing = lastSlash === i - 1;
        return i + 1;
      } else if (code === slash) {
        lastSlash = i;
        named = false;
      } else if (!isSpace(code)) named = true;
    }
    return -1;
  }
}

/** Whether the name with this hash stands here, with nothing more of a name after it. */
export function isName(bytes: Uint8Array, from: number, hash: number): boolean {
  let found = 0;
  let i = from;
  for (; i < bytes.length; i++) {
    const code = bytes[i] ?? 0;
    if (code === gt || code === slash || isSpace(code)) break;
    if (i - from > longestName) return false;
    found = hashStep(found, lower(code));
  }
  return i < bytes.length && i > from && found === hash;
}
