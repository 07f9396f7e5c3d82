import { ForeignContent } from "./foreign-content.ts";
import { OpenElements } from "./open-elements.ts";
import { endless, RawText } from "./raw-text.ts";
import { bang, commentEnd, dash, gt, hasTooManyAttributes, isLetter, nextTag, slash } from "./scan.ts";
import type { TagListener } from "./tag-listener.ts";
import { TagReader } from "./tag-reader.ts";
import { tag, tagOf } from "./tag-table.ts";

/** A tag or comment this long is a danger: HTMLRewriter gives up at about 3 MB of one that it looks at. */
export const maxTokenBytes = 1 << 20;

/** What reading some bytes has shown. Offsets are into those bytes. */
export interface Reading {
  /** Up to here they can be given to HTMLRewriter: whole tokens. The rest must come again, with what follows it. */
  readonly settled: number;
  /** Here HTMLRewriter must not read on; `null`: nothing of the kind. */
  readonly danger: number | null;
}

/** How text after the last token is read. */
type Mode = "markup" | "raw" | "cdata";

/**
 * Reads a page's bytes beside HTMLRewriter, just as far as needed to know where it would cut the page off: tags, comments
 * and text without markup are told apart as the HTML standard does (13.2.5), in any superset of ASCII.
 */
export class PageLexer {
  readonly elements = new OpenElements();
  readonly #foreign = new ForeignContent();
  readonly #listener: TagListener | null;
  readonly #tags = new TagReader();
  readonly #raw = new RawText();
  #hasForeign = false;
  /** Where the outermost SVG or MathML began that we are in; -1: in none. */
  #foreignFrom = -1;
  #mode: Mode = "markup";
  #inSelect = false;
  #bytes: Uint8Array = new Uint8Array(0);
  /** What comes before these bytes, so that offsets count from the page's beginning. */
  #before = 0;
  #isLast = false;
  #isUnfinished = false;

  /** @param listener is told of the tags that it asks for. */
  constructor(listener: TagListener | null = null) {
    this.#listener = listener;
  }

  /** All that was read ends between tags: what is written next is read as markup, not as text of an open token. */
  get endsInMarkup(): boolean {
    return this.#mode === "markup" && !this.#isUnfinished;
  }

  /** Inside of a `<select>`, where tags may be dangerous. */
  get isInside(): boolean {
    return this.#inSelect;
  }

  /** Where SVG or MathML begins that has not ended yet, counted from the page's beginning; `null`: nowhere. */
  get foreignFrom(): number | null {
    return this.#foreignFrom < 0 ? null : this.#foreignFrom;
  }

  /**
   * @param bytes what was not settled before, and what has come since.
   * @param before how many bytes of the page came before these.
   * @param isLast nothing comes after them: all of them are settled.
   */
  read(bytes: Uint8Array, before: number, isLast: boolean): Reading {
    this.#bytes = bytes;
    this.#before = before;
    this.#isLast = isLast;
    let at = 0;
    while (at < bytes.length) {
      const next = this.#step(at);
      if (next < 0) return { settled: ~next, danger: ~next };
      if (next === at) break;
      at = next;
    }
    this.#isUnfinished = at < bytes.length;
    if (isLast) return { settled: bytes.length, danger: null };
    return { settled: at, danger: bytes.length - at > maxTokenBytes ? at : null };
  }

  /** Reads one token. Returns where it ends; the same place if it does not end yet; the complement of a dangerous place. */
  #step(at: number): number {
    if (this.#mode === "markup") return this.#markup(at);
    return this.#mode === "raw" ? this.#rawText(at) : this.#section(at);
  }

  #markup(from: number): number {
    const bytes = this.#bytes;
    const at = nextTag(bytes, from);
    if (at < 0) return bytes.length;
    const next = bytes[at + 1] ?? 0;
    // What comes before this token is settled: say so first.
    if (at + 1 === bytes.length) return at === from && !this.#isLast ? from : at + (at === from ? 1 : 0);
    if (isLetter(next)) return this.#settle(from, at, this.#tag(at, at + 1));
    if (next === slash) return this.#settle(from, at, this.#endTag(at));
    if (next === bang) return this.#settle(from, at, this.#declaration(at));
    return next === 0x3f ? this.#settle(from, at, this.#bogus(at)) : at + 1;
  }

  /** A token that does not end yet leaves the text before it settled. */
  #settle(from: number, at: number, end: number): number {
    return end === at && at > from ? at : end;
  }

  #tag(at: number, name: number): number {
    const end = this.#tags.end(this.#bytes, name);
    if (end < 0) return at;
    const { hash } = this.#tags;
    const bits = tagOf(hash);
    if (this.#isDangerous(bits) || hasTooManyAttributes(this.#bytes, at, end)) return ~at;
    const start = this.#before + at;
    this.elements.begin(bits, start);
    const isForeign = this.#opensForeign(bits, start);
    const hasContent = isForeign ? !this.#tags.isSelfClosing : (bits & tag.isVoid) === 0;
    this.#tell(hash, bits, start, this.#before + end, hasContent);
    if (hasContent) {
      this.elements.open(hash, bits, start, this.#before + end);
      if (this.elements.isTooDeep) return ~at;
    }
    if ((bits & tag.isSelect) !== 0) this.#inSelect = !this.#inSelect;
    else if ((bits & tag.leavesSelect) !== 0) this.#inSelect = false;
    if ((bits & tag.isRaw) !== 0 && !isForeign) this.#enterRaw((bits & tag.isPlaintext) === 0 ? hash : endless);
    return end;
  }

  #tell(hash: number, bits: number, from: number, tagEnd: number, hasContent: boolean): void {
    const listener = this.#listener;
    if (listener === null || (tagEnd <= listener.nextMark && listener.names?.has(hash) !== true)) return;
    listener.met({ bits, from, tagEnd, hasContent, depth: this.elements.depth, isForeign: this.#foreignFrom >= 0 });
  }

  /** Whether the element that this tag begins is of SVG or MathML. Its content need not be. */
  #opensForeign(bits: number, from: number): boolean {
    if (!this.#hasForeign && (bits & (tag.isSvg | tag.isMath)) === 0) return false;
    this.#hasForeign = true;
    const stays = this.#foreign.isForeign && (bits & tag.leavesForeign) === 0;
    this.#foreign.open(bits, this.#tags.isSelfClosing);
    if (!this.#foreign.isInside) this.#foreignFrom = -1;
    else if (this.#foreignFrom < 0) this.#foreignFrom = from;
    return stays || this.#foreign.isForeign;
  }

  /** HTMLRewriter cannot tell how a browser reads these here, and gives up. */
  #isDangerous(bits: number): boolean {
    if ((bits & tag.isFrameset) !== 0) return true;
    if (!this.#inSelect) return false;
    if ((bits & tag.isTemplate) !== 0) return true;
    return (bits & tag.isRaw) !== 0 && (bits & (tag.isScript | tag.leavesSelect)) === 0;
  }

  #enterRaw(hash: number): void {
    this.#mode = "raw";
    this.#raw.enter(hash);
  }

  #endTag(at: number): number {
    if (at + 2 >= this.#bytes.length) return at;
    if (!isLetter(this.#bytes[at + 2] ?? 0)) return this.#bogus(at);
    const end = this.#tags.end(this.#bytes, at + 2);
    if (end < 0) return at;
    const { hash } = this.#tags;
    const bits = tagOf(hash);
    if (this.#hasForeign) this.#closeForeign(bits);
    const depth = this.elements.close(hash, bits, this.#before + at);
    const listener = this.#listener;
    if (listener !== null && depth <= listener.depth) listener.closed(depth, this.#before + at, this.#before + end);
    if ((bits & tag.isSelect) !== 0) this.#inSelect = false;
    return end;
  }

  #closeForeign(bits: number): void {
    this.#foreign.close(bits);
    if (!this.#foreign.isInside) this.#foreignFrom = -1;
  }

  #bogus(at: number): number {
    return this.#bytes.indexOf(gt, at) + 1 || at;
  }

  #declaration(at: number): number {
    const bytes = this.#bytes;
    if (bytes.length < at + 9 && !this.#isLast && !bytes.includes(gt, at)) return at;
    if (bytes[at + 2] === dash && bytes[at + 3] === dash) return commentEnd(bytes, at);
    if (!this.#foreign.isForeign || bytes[at + 2] !== 0x5b || bytes[at + 3] !== 0x43) return this.#bogus(at);
    this.#mode = "cdata";
    return at + 9;
  }

  /** In a CDATA section. */
  #section(from: number): number {
    const bytes = this.#bytes;
    for (let at = bytes.indexOf(gt, from); at >= 0; at = bytes.indexOf(gt, at + 1)) {
      if (at - 2 < from || bytes[at - 1] !== 0x5d || bytes[at - 2] !== 0x5d) continue;
      this.#mode = "markup";
      return at + 1;
    }
    // The end may have begun in the last two bytes.
    return this.#isLast ? bytes.length : Math.max(from, bytes.length - 2);
  }

  #rawText(from: number): number {
    const at = this.#raw.read(this.#bytes, from, this.#isLast);
    if (!this.#raw.hasEnded) return at;
    this.#mode = "markup";
    return this.#markup(at);
  }
}
