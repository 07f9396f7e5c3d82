/**
 * Markup that the guard puts into what HTMLRewriter reads. Its handlers take it out again, so none reaches a visitor: it is
 * how the guard speaks with a parser that cannot be asked. Probes are comments, because a comment changes nothing of how
 * the rest is read, `:nth-child` included.
 */
const name = "caramel-guard";

const encoder = new TextEncoder();

/** After this one everything is text to the parser: it goes through untouched, whatever it is. */
export const restMarker: Uint8Array = encoder.encode(`<plaintext ${name}>`);
/** Ends a `<select>` for the parser, in which the marker above would be a danger itself. */
export const selectEnd: Uint8Array = encoder.encode(`<input ${name}/>`);

/** What the parser knew when it met a probe. */
export interface Sighting {
  /** It was inside something that an operation takes out. */
  readonly removed: boolean;
  /** Since the probe before, an operation was applied that reaches to its element's end. */
  readonly reached: boolean;
}

/** Hands out probes and hears of them. One for each page. */
export class Markers {
  /** Names of the elements that operations reach the end of, the latest last. */
  readonly reachedNames: string[] = [];
  readonly #waiting = new Map<string, (sighting: Sighting) => void>();
  #next = 0;
  #reached = false;

  /** To be called by whoever applies an operation that reaches to its element's end. */
  readonly noteReach = (tagName: string): void => {
    this.#reached = true;
    if (this.reachedNames.at(-1) !== tagName && this.reachedNames.length < 100) this.reachedNames.push(tagName);
  };

  /** A probe to write, and what the parser will say when it gets there. */
  probe(): { readonly bytes: Uint8Array; readonly seen: Promise<Sighting> } {
    const text = `${name}-${this.#next++}`;
    const { promise, resolve } = Promise.withResolvers<Sighting>();
    this.#waiting.set(text, resolve);
    return { bytes: encoder.encode(`<!--${text}-->`), seen: promise };
  }

  /** Lets a rewriter take the markers out. */
  install(rewriter: HTMLRewriter): HTMLRewriter {
    return rewriter
      .on(`input[${name}]`, { element: (element) => void element.remove() })
      .on(`plaintext[${name}]`, { element: (element) => void element.removeAndKeepContent() })
      .onDocument({ comments: (comment) => this.#see(comment) });
  }

  #see(comment: Comment): void {
    const answer = this.#waiting.get(comment.text);
    if (answer === undefined) return;
    this.#waiting.delete(comment.text);
    answer({ removed: comment.removed, reached: this.#reached });
    this.#reached = false;
    comment.remove();
  }
}
