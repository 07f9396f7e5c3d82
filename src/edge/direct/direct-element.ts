import type { EditableElement } from "../../core/operation/operation.ts";
import type { Found } from "./element-finder.ts";
import type { StartTag } from "./start-tag.ts";

/** Names that HTMLRewriter may refuse to write. */
const oddName = /^$|[^a-z0-9_.:-]/;
const notAscii = /[^\0-\x7f]/;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

/**
 * An element of a page that is edited in its bytes. Does what HTMLRewriter's does, to the byte; where it does not know what
 * that would be, it says so in `isOdd`. All content is HTML.
 */
export class DirectElement implements EditableElement {
  /** What was inserted before the start tag (then in its place), behind it, before the end tag, and behind that. */
  readonly inserted = { before: "", instead: "", first: "", last: "", after: "" };
  /** In place of the content; `null`: it stays. */
  inner: string | null = null;
  /** The element goes, with its content. */
  isRemoved = false;
  /** HTMLRewriter must do it. */
  isOdd = false;
  readonly #tag: StartTag;
  readonly #isUtf8: boolean;
  readonly #hasContent: boolean;

  /** @param isUtf8 whether the page's text is; else only ASCII can be read and written. */
  constructor({ tag, hasContent }: Found, isUtf8: boolean) {
    this.#tag = tag;
    this.#hasContent = hasContent;
    this.#isUtf8 = isUtf8;
  }

  /** The start tag, a character for each byte. */
  get tagSource(): string {
    return this.#tag.toString();
  }

  get tagName(): string {
    return this.#tag.name;
  }

  getAttribute(name: string): string | null {
    const raw = this.#tag.raw(name.toLowerCase());
    if (raw === null || !notAscii.test(raw)) return raw;
    if (!this.#isUtf8) this.isOdd = true;
    return decoder.decode(Uint8Array.from(raw, (byte) => byte.charCodeAt(0)));
  }

  setAttribute(name: string, value: string): void {
    const known = name.toLowerCase();
    if (oddName.test(known)) this.isOdd = true;
    else this.#tag.set(known, asBytes(this.#written(value)));
  }

  removeAttribute(name: string): void {
    this.#tag.remove(name.toLowerCase());
  }

  before(content: string, options?: AsHtml): void {
    this.inserted.before += this.#written(content, options);
  }

  prepend(content: string, options?: AsHtml): void {
    this.#expectContent();
    this.inserted.first = this.#written(content, options) + this.inserted.first;
  }

  append(content: string, options?: AsHtml): void {
    this.#expectContent();
    this.inserted.last += this.#written(content, options);
  }

  after(content: string, options?: AsHtml): void {
    this.inserted.after = this.#written(content, options) + this.inserted.after;
  }

  setInnerContent(content: string, options?: AsHtml): void {
    this.#expectContent();
    if (this.inserted.first !== "" || this.inserted.last !== "") this.isOdd = true;
    this.inner = this.#written(content, options);
  }

  replace(content: string, options?: AsHtml): void {
    this.remove();
    this.inserted.instead = this.#written(content, options);
  }

  remove(): void {
    if (this.isRemoved || this.inner !== null || this.inserted.first !== "" || this.inserted.last !== "")
      this.isOdd = true;
    this.isRemoved = true;
  }

  /**
   * Once the content is replaced or gone, what is inserted into it depends on the order in ways not worth knowing; and a tag
   * that is written as if it had no content gets another form.
   */
  #expectContent(): void {
    if (this.#tag.mayBeSelfClosing || !this.#hasContent || this.isRemoved || this.inner !== null) this.isOdd = true;
  }

  #written(text: string, options: AsHtml = asHtml): string {
    if (options.html !== true || (!this.#isUtf8 && notAscii.test(text))) this.isOdd = true;
    return text;
  }
}

interface AsHtml {
  readonly html?: boolean;
}

const asHtml: AsHtml = { html: true };

/** The text as a string of which each character is a byte. */
const asBytes = (text: string): string =>
  notAscii.test(text) ? Array.from(encoder.encode(text), (byte) => String.fromCharCode(byte)).join("") : text;
