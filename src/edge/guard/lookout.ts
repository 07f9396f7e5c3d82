import { Latin1 } from "../../http/latin1.ts";
import { joined, maxWholeBytes } from "./body.ts";
import { type ImpliedEnd, maxDepth } from "./open-elements.ts";
import { PageLexer, type Reading } from "./page-lexer.ts";
import { quickLook } from "./quick-look.ts";
import { equals, isSpace } from "./scan.ts";
import type { SelectorHint } from "./selector-hint.ts";

/** So much of a page is kept to be read when it turns out that it must be; more is read at once. */
const maxSkippedBytes = 1 << 20;

/**
 * Reads a page only where it must: a quick look at each piece tells whether anything in it matters to the guard. Pieces that
 * were skipped are kept for a while, so that reading can begin where it left off.
 */
export class Lookout {
  readonly #lexer = new PageLexer();
  readonly #hints: readonly SelectorHint[];
  /** What has gone by and is not read yet, and how much of the page came before it. */
  #skipped: Uint8Array[] = [];
  #skippedBytes = 0;
  #skippedUntil = 0;
  #depth = 0;

  constructor(hints: readonly SelectorHint[]) {
    this.#hints = hints;
  }

  /** As `PageLexer.read`. `isTracking`: elements from before may end in these bytes, so they must be read. */
  read(bytes: Uint8Array, before: number, isLast: boolean, isTracking: boolean): Reading {
    // More than two readings at once come only behind a token that is longer than one.
    const mayEscape = bytes.length > 2 * maxWholeBytes || this.#skippedBytes > maxSkippedBytes;
    if (!isTracking && !mayEscape && !this.#lexer.isInside) {
      const { isPlain, depth } = quickLook(bytes, this.#hints);
      this.#depth += depth;
      if (isPlain && Math.abs(this.#depth) < maxDepth / 2 && (isLast || endsPlainly(bytes)))
        return this.#skip(bytes, before, isLast);
    }
    this.#depth = 0;
    return this.#readOn(bytes, before, isLast);
  }

  /** Whether the page, all of which has gone by, ends between tags. What was skipped is read for it. */
  endsInMarkup(): boolean {
    if (this.#skipped.length > 0) this.#readOn(new Uint8Array(0), this.#skippedUntil, true);
    return this.#lexer.endsInMarkup;
  }

  take(): readonly ImpliedEnd[] {
    return this.#lexer.elements.take();
  }

  #skip(bytes: Uint8Array, before: number, isLast: boolean): Reading {
    const settled = isLast ? bytes.length : endOfWhole(bytes);
    this.#skipped.push(bytes.slice(0, settled));
    this.#skippedBytes += settled;
    this.#skippedUntil = before + settled;
    return { settled, danger: null };
  }

  #readOn(bytes: Uint8Array, before: number, isLast: boolean): Reading {
    const skipped = this.#skipped.reduce(joined, new Uint8Array(0));
    const { settled, danger } = this.#lexer.read(joined(skipped, bytes), before - skipped.length, isLast);
    // A token that began in what has gone by cannot be held back any more: it goes on, and is read when it ends.
    const isLate = settled < skipped.length;
    this.#skipped = isLate ? [joined(skipped, bytes).slice(settled)] : [];
    this.#skippedBytes = isLate ? skipped.length + bytes.length - settled : 0;
    if (isLate) return { settled: bytes.length, danger: danger === null ? null : 0 };
    return { settled: settled - skipped.length, danger: danger === null ? null : danger - skipped.length };
  }
}

/**
 * Whether it shows at the end which tag is open there. Of several `<` without a `>` the first may begin what the last is a
 * part of; and an attribute may hold whole tags: then the last quote of its kind is the one that begins it.
 */
function endsPlainly(bytes: Uint8Array): boolean {
  const open = bytes.lastIndexOf(0x3c);
  const close = bytes.lastIndexOf(0x3e);
  if (close < open && bytes.indexOf(0x3c, close + 1) !== open) return false;
  return !mayBeOpen(bytes, bytes.lastIndexOf(0x22), open) && !mayBeOpen(bytes, bytes.lastIndexOf(0x27), open);
}

/** Whether the quote that stands here may begin a value that holds what comes after it. */
function mayBeOpen(bytes: Uint8Array, quote: number, tag: number): boolean {
  if (quote < 0 || tag < quote) return false;
  let at = quote - 1;
  while (at > 0 && isSpace(bytes[at] ?? 0)) at--;
  return bytes[at] === equals;
}

/** Where the last token begins that does not end in these bytes, as far as that can be told from them alone. */
function endOfWhole(bytes: Uint8Array): number {
  const open = bytes.lastIndexOf(0x3c);
  if (open < 0) return bytes.length;
  // A comment may hold whole tags: once a part of a long one has gone by, there is no way out of it any more.
  const text = new Latin1(bytes);
  const comment = text.lastIndexOf("<!--");
  if (comment >= 0 && text.indexOf("-->", comment + 2) < 0) return comment;
  const { settled } = new PageLexer().read(bytes.subarray(open), 0, false);
  return open + settled;
}
