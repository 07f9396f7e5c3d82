/**
 * Whether an operation waits for the end of the body, of which the page may not write the end tag. HTMLRewriter does not
 * end elements by itself when the page ends, so what was to go there would be lost.
 */
export class BodyEnd {
  #isReached = false;
  #isPassed = false;

  get isMissing(): boolean {
    return this.#isReached && !this.#isPassed;
  }

  /** To be called with every element that an operation reaches the end of. */
  note(element: Element): void {
    if (element.tagName.toLowerCase() !== "body" || this.#isReached) return;
    this.#isReached = true;
    // Called for whatever end tag ends it, so for `</html>` too.
    element.onEndTag(() => {
      this.#isPassed = true;
    });
  }
}
