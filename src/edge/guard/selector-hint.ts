import { hashOf } from "./tag-table.ts";

/** What a start tag must show for a selector to match it: never more than the selector asks. */
export interface SelectorHint {
  /** `null`: any element. */
  readonly hash: number | null;
  /** Classes and ids, in lower case: each must stand somewhere in the tag's source. */
  readonly words: readonly string[];
}

const lastCompound = /[^\s>]*$/;
const plainCompound = /^(?:([a-z][a-z0-9-]*)|\*)?((?:[.#][\w-]+)*)/i;

/** Hints for each alternative of a selector. What is too clever to be read gives a hint that fits any tag. */
export function hintsOf(selector: string): readonly SelectorHint[] {
  if (/["'\\(]/.test(selector)) return [{ hash: null, words: [] }];
  return selector.split(",").map((alternative) => {
    const compound = lastCompound.exec(alternative.replace(/\[[^\]]*\]/g, "").trim())?.[0] ?? "";
    const [, name, words = ""] = plainCompound.exec(compound) ?? [];
    return {
      hash: name === undefined ? null : hashOf(name.toLowerCase()),
      words: words
        .toLowerCase()
        .split(/[.#]/)
        .filter((word) => word !== ""),
    };
  });
}

/** Whether a selector with one of these hints may match the tag with this source. */
export const mayMatch = (hints: readonly SelectorHint[], hash: number, source: string): boolean =>
  hints.some(
    (hint) =>
      (hint.hash === null || hint.hash === hash) &&
      // A class may be written with character references.
      (source.includes("&") || hint.words.every((word) => source.toLowerCase().includes(word))),
  );
