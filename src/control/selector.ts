/** What HTMLRewriter itself says against a selector; `null` when it takes it. Nobody else knows what it takes. */
export function checkSelector(selector: string): string | null {
  try {
    new HTMLRewriter().on(selector, {});
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : "it is not understood";
  }
}
