/** What a start tag must show for a selector to match it: never more than the selector asks. */
export interface SelectorHint {
  /** In lower case; `null`: any element. */
  readonly name: string | null;
  /** Classes and ids: each must stand somewhere in the tag's source. */
  readonly words: readonly string[];
}

const lastCompound = /[^\s>]*$/;
const plainCompound = /^(?:([a-z][a-z0-9-]*)|\*)?((?:[.#][\w-]+)*)/i;

/** Hints for each alternative of a selector. What is too clever to be read gives a hint that fits any tag. */
export function hintsOf(selector: string): readonly SelectorHint[] {
  if (/["'\\(]/.test(selector)) return [{ name: null, words: [] }];
  return selector.split(",").map((alternative) => {
    const compound = lastCompound.exec(alternative.replace(/\[[^\]]*\]/g, "").trim())?.[0] ?? "";
    const [, name = null, words = ""] = plainCompound.exec(compound) ?? [];
    return {
      name: name?.toLowerCase() ?? null,
      words: words.split(/[.#]/).filter((word) => word !== ""),
    };
  });
}

const nameInTag = /^<([^\s/>]+)/;

/** The name in a start tag's source, as it is written. */
export const nameOf = (source: string): string => nameInTag.exec(source)?.[1] ?? "";

/** Whether a selector with one of these hints may match the tag with this source. */
export function mayMatch(hints: readonly SelectorHint[], source: string): boolean {
  const [lower, name] = [source.toLowerCase(), nameOf(source).toLowerCase()];
  // A class may be written with character references.
  const fits = ({ words }: SelectorHint) =>
    lower.includes("&") || words.every((word) => lower.includes(word.toLowerCase()));
  return hints.some((hint) => (hint.name === null || hint.name === name) && fits(hint));
}
