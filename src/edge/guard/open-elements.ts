import { endsByItself, tag } from "./tag-table.ts";

/** HTMLRewriter gives up between 10 000 and 20 000 open elements, by the memory that they take. */
export const maxDepth = 8000;

/** Looking for the beginnings of stray end tags must not take longer than a page is worth. */
const maxSearch = 2_000_000;

/** An element that a browser ends where HTMLRewriter does not see it. Offsets count bytes from the page's beginning. */
export interface ImpliedEnd {
  /** Where its start tag begins and ends. */
  readonly from: number;
  readonly tagEnd: number;
  /** Where it ends; `null`: it is still open. */
  readonly end: number | null;
}

const { p, li, dd, option, row, cell, section, heading, a, button, ruby, head, page } = tag;

/** What a start tag ends, and what keeps it from doing so. */
const rules: readonly (readonly [by: number, ends: number, within: number])[] = [
  [tag.endsParagraph, p, tag.isScope],
  [li, li, tag.isBlock | tag.isScope],
  [dd, dd, tag.isBlock | tag.isScope],
  [option, option, tag.isBlock | tag.isScope],
  [cell, cell, tag.isTable | row],
  [row, row | cell, tag.isTable],
  [section, section | row | cell, tag.isTable],
  [a, a, tag.isScope],
  [button, button, tag.isScope],
  [ruby, ruby, tag.isBlock | tag.isScope],
  [page, head, 0],
];
/** Kinds that end only others of their kind. */
const likeEndsLike = li | dd | option | cell | section | a | button | ruby | heading | row;

/** Kinds of which a tag may end an open element: most tags may end none that is open, and must cost next to nothing. */
const mayEnd = (bits: number): number =>
  (bits & likeEndsLike) |
  ((bits & tag.endsParagraph) === 0 ? 0 : p) |
  ((bits & (row | section)) === 0 ? 0 : row | cell) |
  ((bits & page) === 0 ? 0 : head);

interface Open {
  readonly hash: number;
  readonly bits: number;
  readonly from: number;
  readonly tagEnd: number;
  /** A browser has ended it already. */
  hasEnded: boolean;
}

/** Which of the kinds that end by themselves an element is, as a small number. */
const kindOf = (bits: number): number => 31 - Math.clz32(bits & endsByItself);

/**
 * The elements that are open, as HTMLRewriter counts them: only an end tag ends one. Beside that it notes where a browser
 * would have ended one before (HTML standard, 13.2.6.4), because an edit there would take in all that follows.
 */
export class OpenElements {
  readonly #open: Open[] = [];
  /** How many elements of each kind are open and not ended, and the kinds of which any is: the others need no search. */
  readonly #counts = new Int32Array(32);
  #kinds = 0;
  #searched = 0;
  #implied: ImpliedEnd[] = [];

  get isTooDeep(): boolean {
    return this.#open.length > maxDepth || this.#searched > maxSearch;
  }

  /** How many are open. */
  get depth(): number {
    return this.#open.length;
  }

  /** A start tag, from its `<` to behind its `>`, of an element that has content. */
  open(hash: number, bits: number, from: number, tagEnd: number): void {
    this.#open.push({ hash, bits, from, tagEnd, hasEnded: false });
    if ((bits & endsByItself) !== 0) this.#count(bits, 1);
  }

  /** A start tag of whatever element: ends those that it ends for a browser. */
  begin(bits: number, from: number): void {
    if ((mayEnd(bits) & this.#kinds) !== 0) this.#endOthers(bits, from);
  }

  /**
   * An end tag: ends the innermost open element of its name with all that is open inside; without one, nothing.
   *
   * @returns how many elements stay open around the one that it ends; `Infinity` when it ends none.
   */
  close(hash: number, bits: number, from: number): number {
    let at = this.#open.length - 1;
    for (; at >= 0 && this.#open[at]?.hash !== hash; at--) this.#searched++;
    if (at >= 0) {
      this.#dropTo(at);
      return at;
    }
    // Any heading's end tag ends any heading.
    if ((bits & this.#kinds & heading) !== 0) this.#end(heading, tag.isScope, from);
    return Number.POSITIVE_INFINITY;
  }

  /**
   * What browsers have ended since the last call, and what is still open of the kinds that they may yet end. Where several
   * end at one place, the innermost comes first.
   */
  take(): readonly ImpliedEnd[] {
    const taken = this.#implied;
    this.#implied = [];
    if (this.#kinds === 0) return taken;
    const open = this.#open.filter(({ bits, hasEnded }) => (bits & endsByItself) !== 0 && !hasEnded).reverse();
    return taken.concat(open.map(({ from, tagEnd }) => ({ from, tagEnd, end: null })));
  }

  #count(bits: number, change: number): void {
    const kind = kindOf(bits);
    const count = (this.#counts[kind] ?? 0) + change;
    this.#counts[kind] = count;
    if (count > 0) this.#kinds |= 1 << kind;
    else this.#kinds &= ~(1 << kind);
  }

  #endOthers(bits: number, from: number): void {
    for (const [by, ends, within] of rules) {
      if ((bits & by) !== 0 && (this.#kinds & ends) !== 0) this.#end(ends, within, from);
    }
    const top = this.#open.at(-1)?.bits ?? 0;
    if ((bits & top & heading) !== 0) this.#end(heading, tag.isScope, from);
  }

  /** Notes the end of every element of these kinds that is open inside of `within`. */
  #end(ends: number, within: number, from: number): void {
    for (let at = this.#open.length - 1; at >= 0; at--) {
      const element = this.#open[at];
      if (element === undefined || element.hasEnded) continue;
      this.#searched++;
      if ((element.bits & ends) !== 0) {
        element.hasEnded = true;
        this.#count(element.bits, -1);
        this.#implied.push({ from: element.from, tagEnd: element.tagEnd, end: from });
      } else if ((element.bits & within) !== 0) return;
    }
  }

  #dropTo(length: number): void {
    while (this.#open.length > length) {
      const element = this.#open.pop();
      if (element !== undefined && !element.hasEnded && (element.bits & endsByItself) !== 0) {
        this.#count(element.bits, -1);
      }
    }
  }
}
