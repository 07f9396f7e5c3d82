import type { Latin1 } from "../../http/latin1.ts";

/** One word, and where it stands next. */
interface Word {
  readonly word: string;
  next: number;
}

const nowhere = Number.POSITIVE_INFINITY;

/** Searches some bytes for words, each from where it was found last. Offsets count bytes from the page's beginning. */
export class WordSearch {
  readonly #words: readonly Word[];
  #bytes: Latin1 | null = null;
  #before = 0;
  /** Where the first of all words stands next. */
  next = nowhere;

  constructor(words: readonly string[]) {
    this.#words = [...new Set(words)].map((word) => ({ word, next: nowhere }));
  }

  begin(bytes: Latin1, before: number): void {
    this.#bytes = bytes;
    this.#before = before;
    for (const word of this.#words) this.#search(word, before);
    this.#findNext();
  }

  /** Whether one stands in this tag. To be asked of tags in their order. */
  standsIn(from: number, until: number): boolean {
    let stands = false;
    for (const word of this.#words) {
      if (word.next >= until) continue;
      if (word.next < from) this.#search(word, from);
      if (word.next >= until) continue;
      stands = true;
      this.#search(word, until);
    }
    this.#findNext();
    return stands;
  }

  #search(word: Word, from: number): void {
    const at = this.#bytes?.indexOf(word.word, from - this.#before) ?? -1;
    word.next = at < 0 ? nowhere : at + this.#before;
  }

  #findNext(): void {
    let next = nowhere;
    for (const word of this.#words) if (word.next < next) next = word.next;
    this.next = next;
  }
}
