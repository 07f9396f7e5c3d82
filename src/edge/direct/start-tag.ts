/** One attribute of a start tag, as its source has it. */
interface Attribute {
  /** In lower case. */
  readonly name: string;
  readonly nameAsWritten: string;
  /** Without quotes, character references as they are. */
  readonly value: string;
  /** The whole of it. */
  readonly source: string;
}

/** An attribute: its name, and its value in one of three ways of writing it (HTML standard, 13.2.5.32 and following). */
const attribute =
  /([\t\n\f\r /]*)(=?[^\t\n\f\r />=]*)(?:[\t\n\f\r ]*=[\t\n\f\r ]*(?:"([^"]*)"|'([^']*)'|([^\t\n\f\r >]*)))?/y;
const nameShape = /^<([a-z][^\t\n\f\r />]*)/i;

/** A start tag's source, taken apart; and put together again as HTMLRewriter does. A character is a byte. */
export class StartTag {
  /** In lower case. */
  readonly name: string;
  readonly #source: string;
  readonly #nameAsWritten: string;
  #attributes: Attribute[] | null = null;
  /** Behind the last of them as it was read. */
  #attributesEnd = 0;
  #isChanged = false;

  /** @param source from `<` to `>`. */
  constructor(source: string) {
    this.#source = source;
    this.#nameAsWritten = nameShape.exec(source)?.[1] ?? "";
    this.name = lowerAscii(this.#nameAsWritten);
  }

  /** A slash stands before the `>`; it may belong to a value without quotes, though. */
  get mayBeSelfClosing(): boolean {
    return this.#source.at(-2) === "/";
  }

  /** An attribute's value as it is written, of the first one with that name; `null`: there is none. */
  raw(name: string): string | null {
    return this.#all().find((each) => each.name === name)?.value ?? null;
  }

  /** @param value in which a quote is written as a character reference; nothing else is. */
  set(name: string, value: string): void {
    const all = this.#all();
    const at = all.findIndex((each) => each.name === name);
    const nameAsWritten = all[at]?.nameAsWritten ?? name;
    const source = `${nameAsWritten}="${value.replaceAll('"', "&quot;")}"`;
    all.splice(at < 0 ? all.length : at, 1, { name, nameAsWritten, value, source });
    this.#isChanged = true;
  }

  remove(name: string): void {
    const left = this.#all().filter((each) => each.name !== name);
    this.#isChanged ||= left.length < this.#all().length;
    this.#attributes = left;
  }

  toString(): string {
    if (!this.#isChanged) return this.#source;
    const all = this.#all().map(({ source }) => ` ${source}`);
    const slash = this.mayBeSelfClosing && this.#isSelfClosing() ? (all.length > 0 ? " /" : "/") : "";
    return `<${this.#nameAsWritten}${all.join("")}${slash}>`;
  }

  #isSelfClosing(): boolean {
    return this.#attributesEnd < this.#source.length - 1;
  }

  #all(): Attribute[] {
    this.#attributes ??= this.#read();
    return this.#attributes;
  }

  #read(): Attribute[] {
    const all: Attribute[] = [];
    let at = 1 + this.#nameAsWritten.length;
    for (;;) {
      attribute.lastIndex = at;
      const found = attribute.exec(this.#source);
      const [, gap = "", nameAsWritten = ""] = found ?? [];
      if (found === null || nameAsWritten === "") return all;
      const source = this.#source.slice(at + gap.length, attribute.lastIndex);
      const value = found[3] ?? found[4] ?? found[5] ?? "";
      all.push({ name: lowerAscii(nameAsWritten), nameAsWritten, value, source });
      at = attribute.lastIndex;
      this.#attributesEnd = at;
    }
  }
}

const lowerAscii = (text: string): string =>
  /[A-Z]/.test(text) ? text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;
