import { joined } from "./body.ts";
import { type ImpliedEnd, maxDepth } from "./open-elements.ts";
import { maxTokenBytes, PageLexer, type Reading } from "./page-lexer.ts";
import { quickLook } from "./quick-look.ts";
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
  #depth = 0;

  constructor(hints: readonly SelectorHint[]) {
    this.#hints = hints;
  }

  /** As `PageLexer.read`. `isTracking`: elements from before may end in these bytes, so they must be read. */
  read(bytes: Uint8Array, before: number, isLast: boolean, isTracking: boolean): Reading {
    const mayEscape = bytes.length > maxTokenBytes || this.#skippedBytes > maxSkippedBytes;
    if (!isTracking && !mayEscape && !this.#lexer.isInside) {
      const { isPlain, depth } = quickLook(bytes, this.#hints);
      this.#depth += depth;
      if (isPlain && Math.abs(this.#depth) < maxDepth / 2) return this.#skip(bytes, isLast);
    }
    this.#depth = 0;
    return this.#readOn(bytes, before, isLast);
  }

  take(): readonly ImpliedEnd[] {
    return this.#lexer.elements.take();
  }

  /** Whether a tag could follow the last of the page. To be asked when all of it has gone by. */
  takesTags(): boolean {
    if (this.#skippedBytes > 0) this.#lexer.read(this.#skipped.reduce(joined, new Uint8Array(0)), 0, true);
    this.#skipped = [];
    this.#skippedBytes = 0;
    return this.#lexer.takesTags;
  }

  #skip(bytes: Uint8Array, isLast: boolean): Reading {
    const settled = isLast ? bytes.length : endOfWhole(bytes);
    this.#skipped.push(bytes.slice(0, settled));
    this.#skippedBytes += settled;
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

/** Where the last token begins that does not end in these bytes, as far as that can be told from them alone. */
function endOfWhole(bytes: Uint8Array): number {
  const open = bytes.lastIndexOf(0x3c);
  if (open < 0) return bytes.length;
  const { settled } = new PageLexer().read(bytes.subarray(open), 0, false);
  return open + settled;
}
