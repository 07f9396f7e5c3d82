import type { Latin1 } from "../../http/latin1.ts";

const nowhere = Number.POSITIVE_INFINITY;
/** So many bytes are looked through as one string: short strings are cheap, and one of a whole page is not. */
const windowBytes = 8192;

/**
 * Searches bytes for words that stand alone, as ids and classes do in a tag. One expression looks for all of them: a search
 * by the platform costs a call for each place where a word stands. Offsets count bytes from the page's beginning.
 */
export class WordSearch {
  /** Others use it too: where it goes on is set in `begin` and by each search. */
  readonly #words: RegExp | null;
  /** A window reaches so far into the next one that no word is missed between them. */
  readonly #overlap: number;
  #bytes: Latin1 | null = null;
  #before = 0;
  #window = "";
  #windowFrom = 0;
  /** Where one stands next. */
  next = nowhere;

  constructor(words: readonly string[]) {
    this.#words = expressionFor(words.join("|"));
    this.#overlap = Math.max(0, ...words.map(({ length }) => length)) + 2;
  }

  begin(bytes: Latin1, before: number): void {
    this.#bytes = bytes;
    this.#before = before;
    this.#open(0);
    this.#search();
  }

  /** Whether one stands in this tag. To be asked of tags in their order. */
  standsIn(from: number, until: number): boolean {
    if (this.next < from) this.#goOn(from);
    if (this.next >= until) return false;
    this.#goOn(until);
    return true;
  }

  #goOn(from: number): void {
    const at = from - this.#before;
    if (at >= this.#windowFrom + windowBytes) this.#open(at);
    else if (this.#words !== null) this.#words.lastIndex = at - this.#windowFrom;
    this.#search();
  }

  #open(at: number): void {
    this.#window = this.#bytes?.slice(at, at + windowBytes + this.#overlap) ?? "";
    this.#windowFrom = at;
    if (this.#words !== null) this.#words.lastIndex = 0;
  }

  #search(): void {
    this.next = nowhere;
    if (this.#words === null || this.#bytes === null) return;
    for (;;) {
      const found = this.#words.exec(this.#window);
      if (found !== null) {
        this.next = this.#before + this.#windowFrom + found.index;
        return;
      }
      const at = this.#windowFrom + windowBytes;
      if (at >= this.#bytes.length) return;
      this.#open(at);
    }
  }
}

const made = new Map<string, RegExp>();
const mostMade = 200;

/** The expression for words that hold nothing but letters, digits, dashes and underscores: the same again for the same ones. */
function expressionFor(words: string): RegExp | null {
  if (words === "") return null;
  const known = made.get(words);
  if (known !== undefined) return known;
  if (made.size >= mostMade) made.clear();
  const expression = new RegExp(String.raw`[\s"'=](?:${words})(?=[\s"'>])`, "g");
  made.set(words, expression);
  return expression;
}
