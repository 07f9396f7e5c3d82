import { tag } from "./tag-table.ts";

type Namespace = "html" | "svg" | "math";

/**
 * Whether markup stands in SVG or MathML, as HTMLRewriter reckons it (it keeps a stack of namespaces apart from its stack of
 * elements, and differs from the HTML standard where tags are badly nested).
 */
export class ForeignContent {
  readonly #outer: Namespace[] = [];
  #current: Namespace = "html";

  get isForeign(): boolean {
    return this.#current !== "html";
  }

  /** In foreign content, or in HTML inside of it. */
  get isInside(): boolean {
    return this.#outer.length > 0;
  }

  /** A start tag: the namespace that follows it is that of its content, unless it is self-closing. */
  open(bits: number, selfClosing: boolean): void {
    if ((bits & tag.isSvg) !== 0) this.#enter("svg");
    else if ((bits & tag.isMath) !== 0) this.#enter("math");
    else if (this.#current === "html") return;
    else if ((bits & tag.leavesForeign) !== 0) this.#leave();
    else if (!selfClosing && (bits & integrationIn[this.#current]) !== 0) this.#enter("html");
  }

  close(bits: number): void {
    if (this.#outer.length === 0) return;
    const surroundings = this.#current === "html" ? (this.#outer.at(-1) ?? "html") : this.#current;
    const ends = this.#current === "html" ? integrationIn[surroundings] : rootOf[surroundings] | tag.endLeavesForeign;
    if ((bits & ends) !== 0) this.#leave();
  }

  #enter(namespace: Namespace): void {
    this.#outer.push(this.#current);
    this.#current = namespace;
  }

  #leave(): void {
    this.#current = this.#outer.pop() ?? "html";
  }
}

const integrationIn: Readonly<Record<Namespace, number>> = {
  html: 0,
  svg: tag.isSvgIntegration,
  math: tag.isMathIntegration,
};
const rootOf: Readonly<Record<Namespace, number>> = { html: 0, svg: tag.isSvg, math: tag.isMath };
