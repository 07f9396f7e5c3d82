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
  /[\t\n\f\r /]*(=?[^\t\n\f\r />=]*)(?:[\t\n\f\r ]*=[\t\n\f\r ]*(?:"([^"]*)"|'([^']*)'|([^\t\n\f\r >]*)))?/y;
const nameShape = /^<([a-z][^\t\n\f\r />]*)/i;

/** A start tag's source, taken apart; and put together again as HTMLRewriter does. A character is a byte. */
export class StartTag {
  /** In lower case. */
  readonly name: string;
  readonly #source: string;
  readonly #nameAsWritten: string;
  #attributes: Attribute[] | null = null;
  #isChanged = false;

  /** @param source from `<` to `>`. */
  constructor(source: string) {
    this.#source = source;
    this.#nameAsWritten = nameShape.exec(source)?.[1] ?? "";
    this.name = lowerAscii(this.#nameAsWritten);
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
    const slash = this.#source.at(-2) === "/" && this.#isSelfClosing() ? (all.length > 0 ? " /" : "/") : "";
    return `<${this.#nameAsWritten}${all.join("")}${slash}>`;
  }

  /** A slash before the `>` may belong to a value without quotes. */
  #isSelfClosing(): boolean {
    let [at, end] = [1 + this.#nameAsWritten.length, 0];
    for (const { index, length } of attributesIn(this.#source)) [at, end] = [index, index + length];
    return Math.max(at, end) < this.#source.length - 1;
  }

  #all(): Attribute[] {
    this.#attributes ??= [...attributesIn(this.#source)];
    return this.#attributes;
  }
}

const lowerAscii = (text: string): string => text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());

function* attributesIn(source: string): Generator<Attribute & { readonly index: number; readonly length: number }> {
  attribute.lastIndex = 1 + (nameShape.exec(source)?.[1]?.length ?? 0);
  for (;;) {
    const from = attribute.lastIndex;
    const found = attribute.exec(source);
    if (found === null || found[1] === undefined || found[1] === "") return;
    const [whole, name, double, single, bare] = found;
    const leading = /^[\t\n\f\r /]*/.exec(whole)?.[0].length ?? 0;
    const index = from + leading;
    const text = whole.slice(leading);
    const value = double ?? single ?? bare ?? "";
    const next = attribute.lastIndex;
    yield { name: lowerAscii(name), nameAsWritten: name, value, source: text, index, length: text.length };
    attribute.lastIndex = next;
  }
}
