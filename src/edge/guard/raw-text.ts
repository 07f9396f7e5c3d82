import { bang, dash, gt, lt, slash } from "./scan.ts";
import { isName } from "./tag-reader.ts";
import { hashOf } from "./tag-table.ts";

const script = hashOf("script");
/** No name's end tag ends `<plaintext>`. */
export const endless = -1;
/** The longest name whose end tag ends raw text, `</noscript` and one more, or `<!--`. */
const longestRawEnd = 12;

/** The text of an element whose content is no markup. */
export class RawText {
  /** The name of the element. */
  #name = 0;
  /** In scripts: 1 after `<!--`, 2 after a further `<script`, whose end tag does not end ours. */
  #escaped: 0 | 1 | 2 = 0;
  /** Whether the end tag stands where reading stopped. */
  hasEnded = false;

  enter(name: number): void {
    this.#name = name;
    this.#escaped = 0;
    this.hasEnded = false;
  }

  /** Reads on from here. Returns where reading stopped: at the end tag, or where more bytes must come. */
  read(bytes: Uint8Array, from: number, isLast: boolean): number {
    let at = from;
    while (at < bytes.length) {
      at = this.#escaped === 0 ? bytes.indexOf(lt, at) : nextInEscaped(bytes, at);
      if (at < 0) return bytes.length;
      if (at + longestRawEnd > bytes.length && !isLast) return at;
      if (bytes[at] === gt) this.#escaped = 0;
      else if (bytes[at + 1] === slash && this.#escaped < 2 && isName(bytes, at + 2, this.#name)) {
        this.hasEnded = true;
        return at;
      } else this.#escape(bytes, at);
      at++;
    }
    return bytes.length;
  }

  /** Scripts in comments in scripts (HTML standard, 13.2.5.15 and following). */
  #escape(bytes: Uint8Array, at: number): void {
    if (this.#name !== script) return;
    if (this.#escaped === 0) {
      if (bytes[at + 1] === bang && bytes[at + 2] === dash && bytes[at + 3] === dash) this.#escaped = 1;
    } else if (bytes[at + 1] === slash) {
      if (this.#escaped === 2 && isName(bytes, at + 2, script)) this.#escaped = 1;
    } else if (this.#escaped === 1 && isName(bytes, at + 1, script)) this.#escaped = 2;
  }
}

/** In an escaped script: the next `<`, or the `>` of `-->`; -1: neither. */
function nextInEscaped(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at] === lt) return at;
    if (bytes[at] === gt && bytes[at - 1] === dash && bytes[at - 2] === dash) return at;
  }
  return -1;
}
