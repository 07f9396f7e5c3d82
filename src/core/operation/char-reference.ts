/** Named references that matter to URLs, classes and style declarations. All others are kept as they are written. */
const named: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
  ["nbsp", "\u00a0"],
  ["Tab", "\t"],
  ["NewLine", "\n"],
  ["colon", ":"],
  ["semi", ";"],
  ["comma", ","],
  ["sol", "/"],
  ["lpar", "("],
  ["rpar", ")"],
]);

/** HTML decodes references without their semicolon too, so the semicolon is optional here. */
const reference = /&(?:#x([0-9a-f]{1,6});?|#([0-9]{1,7});?|([a-z]{2,8});?)/gi;

const charOf = (hexadecimal?: string, decimal?: string, name?: string): string | null => {
  if (name !== undefined) return named.get(name) ?? named.get(name.toLowerCase()) ?? null;
  const code = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16);
  return code > 0x10ffff ? "\ufffd" : String.fromCodePoint(code);
};

/** What a browser reads for a raw attribute value. References beyond the few known ones stay as written. */
export const decodeReferences = (raw: string): string =>
  raw.includes("&")
    ? raw.replace(reference, (whole, hexadecimal, decimal, name) => charOf(hexadecimal, decimal, name) ?? whole)
    : raw;

/**
 * Raw source beside what it means, unit by unit, so that it can be cut at the right places and kept untouched elsewhere.
 *
 * `text[i]` is the character that `raw[i]` stands for (`\ufffd` for a reference that is unknown or needs two).
 */
export interface RawText {
  readonly text: string;
  readonly raw: readonly string[];
}

/** Splits raw source into characters and character references. */
export function readRaw(source: string): RawText {
  if (!source.includes("&")) return { text: source, raw: source.split("") };
  const raw: string[] = [];
  let text = "";
  let at = 0;
  for (const match of source.matchAll(reference)) {
    const plain = source.slice(at, match.index);
    const char = charOf(match[1], match[2], match[3]);
    raw.push(...plain.split(""), match[0]);
    text += plain + (char?.length === 1 ? char : "\ufffd");
    at = match.index + match[0].length;
  }
  raw.push(...source.slice(at).split(""));
  return { text: text + source.slice(at), raw };
}
