import { decodeReferences } from "./char-reference.ts";

/** Attributes that hold a URL, or (in SVG animations) a value that may become one. */
const urlAttributes: ReadonlySet<string> = new Set(
  (
    "href src action formaction xlink:href data poster cite background longdesc manifest ping srcset imagesrcset icon " +
    "dynsrc lowsrc codebase classid archive profile usemap to from by values"
  ).split(" "),
);

/** Attributes that hold several URLs, separated by commas, semicolons or white space. */
const urlLists: ReadonlySet<string> = new Set(["srcset", "imagesrcset", "ping", "archive", "values"]);

const scriptSchemes = /^(?:javascript|vbscript|livescript|jscript|mocha):/;
/** A document of its own in a URL may run script; pictures, sound, fonts and plain text may not. */
const documentData = /^(?:view-source:|feed:|data:(?!image\/|audio\/|video\/|font\/|application\/font|text\/plain|,))/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: URL parsers drop them, so they must not hide a scheme
const dropped = /[\u0000-\u0020\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff]/g;

const attributeName = /^[^\s"'<>/=\u007f-\uffff]+$/;

/** Whether a browser may take the attribute's value for a URL. */
export const isUrlAttribute = (name: string): boolean => urlAttributes.has(name.toLowerCase());

/** Whether `name` can be written as an attribute without ending the tag, the attribute or the page. */
export const isAttributeName = (name: string): boolean => attributeName.test(name) && printableName(name);

// biome-ignore lint/suspicious/noControlCharactersInRegex: a name must not hold one
const printableName = (name: string): boolean => !/[\u0000-\u0020]/.test(name);

/** Why an attribute must never be set, whatever its value; `null` when it may. */
export function dangerOfAttribute(name: string): string | null {
  const lower = name.toLowerCase();
  if (lower.startsWith("on")) return `"${name}" runs script`;
  if (lower === "srcdoc") return `"${name}" holds a whole document that may run script`;
  return null;
}

/**
 * Why a URL must not go into a page; `null` when it may.
 *
 * Browsers ignore white space and control characters in a scheme, and references are decoded before it is read: so both
 * are taken away first.
 */
export function dangerOfUrl(value: string): string | null {
  const bare = decodeReferences(value).replace(dropped, "").toLowerCase();
  if (scriptSchemes.test(bare)) return "the URL runs script";
  if (documentData.test(bare)) return "the URL holds a document of its own";
  return null;
}

/** Why this value of this attribute must not go into a page; `null` when it may. */
export function dangerOfValue(name: string, value: string): string | null {
  if (!isUrlAttribute(name)) return null;
  const whole = dangerOfUrl(value);
  if (whole !== null || !urlLists.has(name.toLowerCase())) return whole;
  return (
    decodeReferences(value)
      .split(/[\s,;]+/)
      .map(dangerOfUrl)
      .find((danger) => danger !== null) ?? null
  );
}
