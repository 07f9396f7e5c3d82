/** What markup is made of, byte by byte: pure functions on the hot path of the guard's lexer, which is why they are plain loops. */
export const lt = 0x3c;
export const gt = 0x3e;
export const slash = 0x2f;
export const bang = 0x21;
export const dash = 0x2d;
export const equals = 0x3d;

/** The spaces of HTML, which are not those of ASCII: no vertical tab. */
export const isSpace = (code: number): boolean => code === 0x20 || (code >= 0x09 && code <= 0x0d && code !== 0x0b);
/** Whether a tag's name may begin so. */
export const isLetter = (code: number): boolean => (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
export const lower = (code: number): number => (code >= 0x41 && code <= 0x5a ? code | 0x20 : code);

/** Between tags there are mostly a few bytes: a loop is done before a call would have begun. */
const shortText = 48;

/** The next `<`, or -1. */
export function nextTag(bytes: Uint8Array, from: number): number {
  const near = Math.min(bytes.length, from + shortText);
  for (let at = from; at < near; at++) if (bytes[at] === lt) return at;
  return near === bytes.length ? -1 : bytes.indexOf(lt, near);
}

/** The last byte of an attribute's value; -1 when it does not end yet. */
export function valueEnd(bytes: Uint8Array, from: number): number {
  const length = bytes.length;
  let i = from;
  while (i < length && isSpace(bytes[i] ?? 0)) i++;
  const quote = bytes[i] ?? 0;
  if (quote === 0x22 || quote === 0x27) {
    for (i++; i < length; i++) if (bytes[i] === quote) return i;
    return -1;
  }
  for (; i < length; i++) {
    const code = bytes[i] ?? 0;
    if (code <= gt && (code === gt || isSpace(code))) return i - 1;
  }
  return -1;
}

/**
 * A tag this long has its attributes counted: HTMLRewriter keeps 48 bytes for each, and gives up at about 3 MB of those too.
 * Shorter ones cannot have as many.
 */
const countedTagBytes = 1 << 15;
const maxAttributes = 1 << 14;

/** Whether the tag between these places has more attributes than HTMLRewriter can be trusted with. */
export function hasTooManyAttributes(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at < countedTagBytes) return false;
  let [count, isInName, hasName] = [0, false, false];
  for (let i = at + 1; i < end - 1 && count <= maxAttributes; i++) {
    const code = bytes[i] ?? 0;
    if (isSpace(code)) isInName = false;
    else if (code === slash) [isInName, hasName] = [false, false];
    else if (code === equals && hasName) {
      i = valueEnd(bytes, i + 1);
      [isInName, hasName] = [false, false];
    } else {
      // The tag's own name is counted with them.
      if (!isInName) count++;
      [isInName, hasName] = [true, true];
    }
  }
  return count > maxAttributes;
}

/** Where the comment that begins here ends; the same place if it does not end yet. */
export function commentEnd(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(gt, from); at >= 0; at = bytes.indexOf(gt, at + 1)) {
    // `<!-->` ends with the dashes that it begins with, `<!--!>` does not.
    if (bytes[at - 1] === dash && bytes[at - 2] === dash) return at + 1;
    if (at > from + 5 && bytes[at - 1] === bang && bytes[at - 2] === dash && bytes[at - 3] === dash) return at + 1;
  }
  return from;
}
