/**
 * Markup that the guard puts into what HTMLRewriter reads. Its handlers take it out again, so none reaches a visitor: it is
 * how the guard speaks with a parser that cannot be asked. Probes are comments, because a comment changes nothing of how
 * the rest is read, `:nth-child` included.
 */
const name = "caramel-guard";

const encoder = new TextEncoder();

/** After this one everything is text to the parser: it goes through untouched, whatever it is. */
export const restMarker = (): Uint8Array => encoder.encode(`<plaintext ${name}>`);
/** Ends a `<select>` for the parser, in which the marker above would be a danger itself, and tells whether it was removed. */
const exit: Uint8Array = encoder.encode(`<input ${name}/>`);

/** What is written, and what the parser will say when it gets there. */
export interface Probe {
  readonly bytes: Uint8Array;
  readonly seen: Promise<boolean>;
}

/** Hands out probes and hears of them. One for each page. */
export class Markers {
  /** Names of the elements that operations reach the end of, the latest last. */
  readonly reachedNames: string[] = [];
  readonly #waiting = new Map<string, (reached: boolean) => void>();
  #leaving: (removed: boolean) => void = () => {};
  #next = 0;
  #reached = false;

  /** To be called by whoever applies an operation that reaches to its element's end. */
  readonly noteReach = (tagName: string): void => {
    this.#reached = true;
    if (this.reachedNames.at(-1) !== tagName && this.reachedNames.length < 100) this.reachedNames.push(tagName);
  };

  /** Asks whether an operation was applied, since the probe before, that reaches to its element's end. */
  probe(): Probe {
    const text = `${name}-${this.#next++}`;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#waiting.set(text, resolve);
    return { bytes: encoder.encode(`<!--${text}-->`), seen: promise };
  }

  /** Asks whether this place is inside of something that an operation takes out. One at a time. */
  exit(): Probe {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#leaving = resolve;
    return { bytes: exit.slice(), seen: promise };
  }

  /** Lets a rewriter take the markers out. */
  install(rewriter: HTMLRewriter): HTMLRewriter {
    return rewriter
      .on(`input[${name}]`, {
        element: (element) => {
          this.#leaving(element.removed);
          element.remove();
        },
      })
      .on(`plaintext[${name}]`, { element: (element) => void element.removeAndKeepContent() })
      .onDocument({ comments: (comment) => this.#see(comment) });
  }

  #see(comment: Comment): void {
    const answer = this.#waiting.get(comment.text);
    if (answer === undefined) return;
    this.#waiting.delete(comment.text);
    answer(this.#reached);
    this.#reached = false;
    comment.remove();
  }
}
