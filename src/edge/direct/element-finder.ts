import { Latin1 } from "../../http/latin1.ts";
import { PageLexer } from "../guard/page-lexer.ts";
import type { MetTag, TagListener } from "../guard/tag-listener.ts";
import { hashOf, tag } from "../guard/tag-table.ts";
import { isMeant, type PlainSelector } from "./plain-selector.ts";
import { StartTag } from "./start-tag.ts";
import { WordSearch } from "./word-search.ts";

/** What is looked for: whatever one of the selectors means. */
export interface Sought {
  readonly selectors: readonly PlainSelector[];
  /** What is done to it needs to know where the element ends. */
  readonly reachesEnd: boolean;
}

/** An element of the page that is looked for. Offsets count bytes from the page's beginning. */
export interface Found {
  readonly tag: StartTag;
  /** Indexes of what it was looked for as. */
  readonly places: readonly number[];
  readonly from: number;
  readonly tagEnd: number;
  /** Whether anything can stand in it. */
  readonly hasContent: boolean;
  /** Where its end tag begins and ends. Both are `tagEnd` when it has none, or nobody needs to know. */
  endFrom: number;
  until: number;
  /** How many elements are open around it. */
  readonly depth: number;
  /** Where the outermost of the elements begins that are looked for, have not ended, and hold this one. */
  readonly outer: number;
}

/** What reading some bytes has shown. */
export interface Finding {
  /** The elements that were found before `until`, in order. */
  readonly found: readonly Found[];
  /** All before this place can be edited and sent. What follows is handed over, or SVG that has not ended. */
  readonly until: number;
  /** So far the bytes were read: whole tokens. */
  readonly read: number;
  /** From here on HTMLRewriter must do it: a page that is not written plainly. `null`: from nowhere. */
  readonly handOver: number | null;
  /** From here on not even that: HTMLRewriter would give up. `null`: from nowhere. */
  readonly danger: number | null;
}

/** Deeper nesting of elements that are looked for is nobody's page. */
const mostOpen = 100;

/** Finds elements in a page's bytes, by their start tags alone, and their ends where these are beyond doubt. */
export class ElementFinder implements TagListener {
  names: ReadonlySet<number> | null;
  depth = -1;
  readonly #sought: readonly Sought[];
  readonly #lexer = new PageLexer(this);
  readonly #words: WordSearch;
  #bytes = new Latin1(new Uint8Array(0));
  #before = 0;
  #found: Found[] = [];
  /** Elements whose end is awaited, outermost first. */
  readonly #open: Found[] = [];
  #handOver = Number.POSITIVE_INFINITY;

  constructor(sought: readonly Sought[]) {
    this.#sought = sought;
    const all = sought.flatMap(({ selectors }) => selectors);
    const names = all.flatMap(({ name, word }) => (word === null && name !== null ? [hashOf(name)] : []));
    this.names = names.length === 0 ? null : new Set(names);
    this.#words = new WordSearch(all.flatMap(({ word }) => word ?? []));
  }

  get nextMark(): number {
    return this.#words.next;
  }

  /**
   * @param bytes what `Finding.read` left over, and what has come since.
   * @param before how many bytes of the page came before these.
   */
  read(bytes: Uint8Array, before: number, isLast: boolean): Finding {
    this.#bytes = new Latin1(bytes);
    this.#before = before;
    this.#words.begin(this.#bytes, before);
    const { settled, danger } = this.#lexer.read(bytes, before, isLast);
    const read = before + settled;
    this.#doubtEnds();
    // What has not ended with these bytes may end far behind them, and nobody should wait for that.
    if (this.#open[0] !== undefined) this.#doubt(this.#open[0].from);
    const handOver = this.#handOver <= read ? this.#handOver : null;
    const isOver = isLast || danger !== null;
    const until = handOver ?? (isOver ? read : Math.min(read, this.#lexer.foreignFrom ?? read));
    const found = this.#found.filter(({ outer }) => outer < until);
    this.#found = [];
    return { found, until, read, handOver, danger: danger === null || handOver !== null ? null : read };
  }

  met(met: MetTag): void {
    const { from, tagEnd } = met;
    const hasWord = tagEnd > this.nextMark && this.#words.standsIn(from, tagEnd);
    if (!hasWord && this.names === null) return;
    const tagged = new StartTag(this.#bytes.slice(from - this.#before, tagEnd - this.#before));
    const places = this.#sought.flatMap(({ selectors }, at) =>
      selectors.some((one) => isMeant(one, tagged)) ? [at] : [],
    );
    if (places.length > 0) this.#take(met, tagged, places);
  }

  #take(
    { bits, from, tagEnd, hasContent, depth, isForeign }: MetTag,
    tagged: StartTag,
    places: readonly number[],
  ): void {
    const outer = this.#open[0]?.from ?? from;
    const found: Found = {
      tag: tagged,
      places,
      from,
      tagEnd,
      hasContent,
      endFrom: tagEnd,
      until: tagEnd,
      depth,
      outer,
    };
    const reachesEnd = places.some((place) => this.#sought[place]?.reachesEnd === true);
    // Of SVG and MathML this reader knows where they are, and not what they do to tags.
    if (isForeign || this.#open.length >= mostOpen) this.#doubt(Math.min(outer, this.#lexer.foreignFrom ?? outer));
    this.#found.push(found);
    if (!reachesEnd || !hasContent) return;
    if ((bits & tag.isPlaintext) !== 0) this.#doubt(outer);
    this.#open.push(found);
    this.depth = depth;
  }

  closed(depth: number, from: number, end: number): void {
    for (let last = this.#open.at(-1); last !== undefined && last.depth >= depth; last = this.#open.at(-1)) {
      // An end tag of something around it: it has none of its own.
      if (last.depth > depth) this.#doubt(last.outer);
      last.endFrom = from;
      last.until = end;
      this.#open.pop();
    }
    this.depth = this.#open.at(-1)?.depth ?? -1;
  }

  #doubt(from: number): void {
    this.#handOver = Math.min(this.#handOver, from);
  }

  /** Where a browser ends an element before its end tag, HTMLRewriter must be told: that is the guard's. */
  #doubtEnds(): void {
    const ends = this.#lexer.elements.take();
    if (ends.length === 0 || this.#found.length === 0) return;
    const ended = new Set(ends.flatMap(({ from, end }) => (end === null ? [] : [from])));
    for (const { from, until, tagEnd, outer } of this.#found) {
      if ((until > tagEnd || this.#open.some((open) => open.from === from)) && ended.has(from)) this.#doubt(outer);
    }
  }
}
