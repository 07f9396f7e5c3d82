import type { StartTag } from "./start-tag.ts";

/** A selector that one start tag alone can answer: a name, ids and classes. */
export interface PlainSelector {
  /** In lower case; `null`: any element. */
  readonly name: string | null;
  readonly ids: readonly string[];
  readonly classes: readonly string[];
  /** Stands in the source of every tag that matches, exactly as it is written; `null`: only the name tells. */
  readonly word: string | null;
}

const compound = /^([a-z][a-z0-9-]*)?((?:[.#][a-z_][\w-]*)*)$/i;

/**
 * Reads a selector's alternatives. Nothing here depends on an element's surroundings: what does, and what is rarer than
 * names, ids and classes, is HTMLRewriter's.
 *
 * @returns `null` when an alternative is anything more, or nothing to look for.
 */
export function plainSelectors(selector: string): readonly PlainSelector[] | null {
  const known = readBefore.get(selector);
  if (known !== undefined) return known;
  // Selectors come from releases: the isolate meets few.
  if (readBefore.size >= mostRemembered) readBefore.clear();
  const read = readSelectors(selector);
  readBefore.set(selector, read);
  return read;
}

const readBefore = new Map<string, readonly PlainSelector[] | null>();
const mostRemembered = 1000;

function readSelectors(selector: string): readonly PlainSelector[] | null {
  const read: PlainSelector[] = [];
  for (const alternative of selector.split(",")) {
    const parts = compound.exec(alternative.trim());
    if (parts === null || parts[0] === "") return null;
    const marks = parts[2]?.match(/[.#][^.#]+/g) ?? [];
    const named = (mark: string) => marks.filter((each) => each[0] === mark).map((each) => each.slice(1));
    const [ids, classes] = [named("#"), named(".")];
    const word = longest([...ids, ...classes]);
    read.push({ name: parts[1]?.toLowerCase() ?? null, ids, classes, word });
  }
  return read;
}

/** The longer a word, the quicker it is searched for and the less often it stands elsewhere. */
const longest = (words: readonly string[]): string | null =>
  words.reduce<string | null>((best, word) => (best !== null && best.length >= word.length ? best : word), null);

/** Whether the tag's element is meant. Case counts in ids and classes, and character references are not read: as HTMLRewriter has it. */
export function isMeant({ name, ids, classes }: PlainSelector, tag: StartTag): boolean {
  if (name !== null && tag.name !== name) return false;
  if (ids.length > 0 && ids.some((id) => tag.raw("id") !== id)) return false;
  if (classes.length === 0) return true;
  const given = tag.raw("class")?.split(/[\t\n\f\r ]+/) ?? [];
  return classes.every((name) => given.includes(name));
}
