import { ForeignContent } from "./foreign-content.ts";
import { OpenElements } from "./open-elements.ts";
import {
  bang,
  commentEnd,
  dash,
  equals,
  gt,
  hasTooManyAttributes,
  isLetter,
  isSpace,
  lower,
  lt,
  nextTag,
  slash,
  valueEnd,
} from "./scan.ts";
import { hashOf, hashStep, tag, tagOf } from "./tag-table.ts";

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

/** The longest name whose end tag ends raw text, `</noscript` and one more, or `<!--`. */
const longestRawEnd = 12;
const script = hashOf("script");
/** No name's end tag ends `<plaintext>`. */
const endless = -1;

/**
 * Reads a page's bytes beside HTMLRewriter, just as far as needed to know where it would cut the page off: tags, comments
 * and text without markup are told apart as the HTML standard does (13.2.5), in any superset of ASCII.
 */
export class PageLexer {
  readonly elements = new OpenElements();
  readonly #foreign = new ForeignContent();
  #hasForeign = false;
  #mode: Mode = "markup";
  /** The name of the raw element we are in. */
  #raw = 0;
  /** In scripts: 1 after `<!--`, 2 after a further `<script`, whose end tag does not end ours. */
  #escaped: 0 | 1 | 2 = 0;
  #inSelect = false;
  #bytes: Uint8Array = new Uint8Array(0);
  /** What comes before these bytes, so that offsets count from the page's beginning. */
  #before = 0;
  #isLast = false;
  // The last tag that was read, as fields rather than an object: this is the hot path.
  #hash = 0;
  #selfClosing = false;
  #isUnfinished = false;

  /** All that was read ends between tags: what is written next is read as markup, not as text of an open token. */
  get endsInMarkup(): boolean {
    return this.#mode === "markup" && !this.#isUnfinished;
  }

  /** Inside of a `<select>`, where tags may be dangerous. */
  get isInside(): boolean {
    return this.#inSelect;
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

  /** Reads a tag whose name begins at `name`. Returns its end, or `at` when it does not end yet. */
  #tagEnd(at: number, name: number): number {
    const bytes = this.#bytes;
    const length = bytes.length;
    let hash = 0;
    let i = name;
    for (; i < length; i++) {
      const code = bytes[i] ?? 0;
      if (code <= gt && (code === gt || code === slash || isSpace(code))) break;
      hash = hashStep(hash, lower(code));
    }
    this.#hash = hash;
    let named = false;
    let lastSlash = -1;
    for (; i < length; i++) {
      const code = bytes[i] ?? 0;
      if (code > gt) named = true;
      else if (code === equals && named) {
        i = valueEnd(bytes, i + 1);
        if (i < 0) return at;
        named = false;
      } else if (code === gt) {
        this.#selfClosing = lastSlash === i - 1;
        return i + 1;
      } else if (code === slash) {
        lastSlash = i;
        named = false;
      } else if (!isSpace(code)) named = true;
    }
    return at;
  }

  #tag(at: number, name: number): number {
    const end = this.#tagEnd(at, name);
    if (end === at) return at;
    const hash = this.#hash;
    const bits = tagOf(hash);
    if (this.#isDangerous(bits) || hasTooManyAttributes(this.#bytes, at, end)) return ~at;
    const start = this.#before + at;
    this.elements.begin(bits, start);
    const isForeign = this.#opensForeign(bits);
    if (isForeign ? !this.#selfClosing : (bits & tag.isVoid) === 0) {
      this.elements.open(hash, bits, start, this.#before + end);
      if (this.elements.isTooDeep) return ~at;
    }
    if ((bits & tag.isSelect) !== 0) this.#inSelect = !this.#inSelect;
    else if ((bits & tag.leavesSelect) !== 0) this.#inSelect = false;
    if ((bits & tag.isRaw) !== 0 && !isForeign) this.#enterRaw((bits & tag.isPlaintext) === 0 ? hash : endless);
    return end;
  }

  /** Whether the element that this tag begins is of SVG or MathML. Its content need not be. */
  #opensForeign(bits: number): boolean {
    if (!this.#hasForeign && (bits & (tag.isSvg | tag.isMath)) === 0) return false;
    this.#hasForeign = true;
    const stays = this.#foreign.isForeign && (bits & tag.leavesForeign) === 0;
    this.#foreign.open(bits, this.#selfClosing);
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
    this.#raw = hash;
    this.#escaped = 0;
  }

  #endTag(at: number): number {
    if (at + 2 >= this.#bytes.length) return at;
    if (!isLetter(this.#bytes[at + 2] ?? 0)) return this.#bogus(at);
    const end = this.#tagEnd(at, at + 2);
    if (end === at) return at;
    const bits = tagOf(this.#hash);
    if (this.#hasForeign) this.#foreign.close(bits);
    this.elements.close(this.#hash, bits, this.#before + at);
    if ((bits & tag.isSelect) !== 0) this.#inSelect = false;
    return end;
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
    const bytes = this.#bytes;
    let at = from;
    while (at < bytes.length) {
      at = this.#escaped === 0 ? bytes.indexOf(lt, at) : this.#nextInEscaped(at);
      if (at < 0) return bytes.length;
      if (at + longestRawEnd > bytes.length && !this.#isLast) return at;
      if (bytes[at] === gt) this.#escaped = 0;
      else if (this.#isName(at + 2, this.#raw) && bytes[at + 1] === slash && this.#escaped < 2)
        return this.#leaveRaw(at);
      else this.#escape(at);
      at++;
    }
    return bytes.length;
  }

  #leaveRaw(at: number): number {
    this.#mode = "markup";
    return this.#markup(at);
  }

  /** In an escaped script: the next `<`, or the `>` of `-->`. */
  #nextInEscaped(from: number): number {
    const bytes = this.#bytes;
    for (let at = from; at < bytes.length; at++) {
      if (bytes[at] === lt) return at;
      if (bytes[at] === gt && bytes[at - 1] === dash && bytes[at - 2] === dash) return at;
    }
    return -1;
  }

  /** Scripts in comments in scripts (HTML standard, 13.2.5.15 and following). */
  #escape(at: number): void {
    if (this.#raw !== script) return;
    const bytes = this.#bytes;
    if (this.#escaped === 0) {
      if (bytes[at + 1] === bang && bytes[at + 2] === dash && bytes[at + 3] === dash) this.#escaped = 1;
    } else if (bytes[at + 1] === slash) {
      if (this.#escaped === 2 && this.#isName(at + 2, script)) this.#escaped = 1;
    } else if (this.#escaped === 1 && this.#isName(at + 1, script)) this.#escaped = 2;
  }

  /** Whether the name with this hash stands here, with nothing more of a name after it. */
  #isName(from: number, hash: number): boolean {
    const bytes = this.#bytes;
    let found = 0;
    let i = from;
    for (; i < bytes.length; i++) {
      const code = bytes[i] ?? 0;
      if (code === gt || code === slash || isSpace(code)) break;
      if (i - from > longestRawEnd) return false;
      found = hashStep(found, lower(code));
    }
    return i < bytes.length && i > from && found === hash;
  }
}
