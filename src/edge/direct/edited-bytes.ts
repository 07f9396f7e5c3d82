import type { DirectElement } from "./direct-element.ts";
import type { Found } from "./element-finder.ts";

/** An element of the page with what was done to it. */
export interface Edited {
  readonly found: Found;
  readonly element: DirectElement;
}

const encoder = new TextEncoder();
const isAscii = (text: string): boolean => !/[^\0-\x7f]/.test(text);

/**
 * Puts a page's bytes together with what was done to its elements.
 *
 * @param from, until the part of the page that is wanted. Offsets count bytes from the page's beginning, as those of `edited` do.
 * @param before how many bytes of the page came before `bytes`.
 * @param edited in the order of their start tags; all of them within the part.
 */
export function editedBytes(
  bytes: Uint8Array,
  before: number,
  { from, until }: { readonly from: number; readonly until: number },
  edited: readonly Edited[],
): Uint8Array {
  const pieces = new Pieces(bytes, before, from);
  const open: Edited[] = [];
  // What stands in what is taken out goes with it.
  let goneUntil = from;
  const closeUntil = (at: number): void => {
    for (let last = open.at(-1); last !== undefined && last.found.endFrom <= at; last = open.at(-1)) {
      open.pop();
      pieces.end(last);
    }
  };
  for (const each of edited) {
    if (each.found.from < goneUntil) continue;
    closeUntil(each.found.from);
    pieces.begin(each);
    const { element, found } = each;
    if (element.isRemoved || element.inner !== null) goneUntil = element.isRemoved ? found.until : found.endFrom;
    if (found.until > found.tagEnd) open.push(each);
    else pieces.end(each);
  }
  closeUntil(until);
  return pieces.joined(until);
}

/** The parts of the new page, in order. */
class Pieces {
  readonly #bytes: Uint8Array;
  readonly #before: number;
  readonly #parts: Uint8Array[] = [];
  #at: number;

  constructor(bytes: Uint8Array, before: number, from: number) {
    this.#bytes = bytes;
    this.#before = before;
    this.#at = from;
  }

  begin({ found, element: { inserted, inner, isRemoved, tagSource } }: Edited): void {
    this.#keep(found.from);
    this.#add(inserted.before);
    this.#add(inserted.instead);
    if (isRemoved) this.#at = found.until;
    else {
      this.#parts.push(bytesOf(tagSource));
      this.#at = found.tagEnd;
    }
    this.#add(inserted.first);
    if (inner === null) return;
    this.#add(inner);
    this.#at = Math.max(this.#at, found.endFrom);
  }

  end({ found, element: { inserted } }: Edited): void {
    this.#keep(found.endFrom);
    this.#add(inserted.last);
    this.#keep(found.until);
    this.#add(inserted.after);
  }

  joined(until: number): Uint8Array {
    this.#keep(until);
    const all = new Uint8Array(this.#parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  /** The page's own bytes up to here. */
  #keep(until: number): void {
    if (until <= this.#at) return;
    this.#parts.push(this.#bytes.subarray(this.#at - this.#before, until - this.#before));
    this.#at = until;
  }

  #add(text: string): void {
    if (text !== "") this.#parts.push(encoder.encode(text));
  }
}

/** The bytes of which each is a character. */
const bytesOf = (source: string): Uint8Array =>
  isAscii(source) ? encoder.encode(source) : Uint8Array.from(source, (byte) => byte.charCodeAt(0));
