import { BodyEnd } from "./body-end.ts";

/**
 * Markup that the guard puts into what HTMLRewriter reads. Its handlers take it out again, so none reaches a visitor: it is
 * how the guard speaks with a parser that cannot be asked.
 *
 * A probe is a void element, or a comment on pages where operations count children (`:nth-child`), which an element would
 * disturb. Not always a comment: a handler for comments makes the parser look at every byte, at twice the cost.
 */
const name = "caramel-guard";

const encoder = new TextEncoder();

/** After this one everything is text to the parser: it goes through untouched, whatever it is. */
export const restMarker = (): Uint8Array => encoder.encode(`<plaintext ${name}>`);
/** Ends a `<select>` for the parser, in which the marker above would be a danger itself, and tells what surrounds it. */
const exit: Uint8Array = encoder.encode(`<input ${name}/>`);

/** Ends SVG or MathML for the parser, in which the marker above would be an element like any other. */
export const foreignEnd = (): Uint8Array => encoder.encode(`<br ${name}/>`);

/** What is written, and what the parser will say when it gets there. */
export interface Probe<Answer> {
  readonly bytes: Uint8Array;
  readonly seen: Promise<Answer>;
}

/** What a place is inside of: something that an operation takes out, SVG or MathML, or neither. */
export type Surroundings = "removed" | "foreign" | "page";

const htmlNamespace = "http://www.w3.org/1999/xhtml";

const surroundingsOf = ({ removed, namespaceURI }: Element): Surroundings =>
  removed ? "removed" : namespaceURI === htmlNamespace ? "page" : "foreign";

/** Hands out probes and hears of them. One for each page. */
export class Markers {
  /** Names of the elements that operations reach the end of, the latest last. */
  readonly reachedNames: string[] = [];
  readonly bodyEnd = new BodyEnd();
  readonly #waiting = new Map<string, (reached: boolean) => void>();
  #leaving: (surroundings: Surroundings) => void = () => {};
  readonly #countsChildren: boolean;
  #next = 0;
  #reached = false;

  /** @param countsChildren some selector depends on how many siblings an element has. */
  constructor(countsChildren: boolean) {
    this.#countsChildren = countsChildren;
  }

  /** To be called by whoever applies an operation that reaches to its element's end. */
  readonly noteReach = (element: Element): void => {
    this.#reached = true;
    this.bodyEnd.note(element);
    const tagName = element.tagName.toLowerCase();
    if (this.reachedNames.at(-1) !== tagName && this.reachedNames.length < 100) this.reachedNames.push(tagName);
  };

  /** Asks whether an operation was applied, since the probe before, that reaches to its element's end. */
  probe(): Probe<boolean> {
    const number = `${name}-${this.#next++}`;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#waiting.set(number, resolve);
    const markup = this.#countsChildren ? `<!--${number}-->` : `<input ${name}="${number}"/>`;
    return { bytes: encoder.encode(markup), seen: promise };
  }

  /** Asks what surrounds this place. One at a time. */
  exit(): Probe<Surroundings> {
    const { promise, resolve } = Promise.withResolvers<Surroundings>();
    this.#leaving = resolve;
    return { bytes: exit.slice(), seen: promise };
  }

  /** Lets a rewriter take the markers out. */
  install(rewriter: HTMLRewriter): HTMLRewriter {
    rewriter
      .on(`input[${name}]`, { element: (element) => this.#meet(element) })
      .on(`br[${name}]`, { element: (element) => void element.remove() })
      .on(`plaintext[${name}]`, { element: (element) => void element.removeAndKeepContent() });
    if (!this.#countsChildren) return rewriter;
    return rewriter.onDocument({
      comments: (comment) => {
        if (this.#see(comment.text)) comment.remove();
      },
    });
  }

  #meet(element: Element): void {
    if (!this.#see(element.getAttribute(name) ?? "")) this.#leaving(surroundingsOf(element));
    element.remove();
  }

  #see(number: string): boolean {
    const answer = this.#waiting.get(number);
    if (answer === undefined) return false;
    this.#waiting.delete(number);
    answer(this.#reached);
    this.#reached = false;
    return true;
  }
}
