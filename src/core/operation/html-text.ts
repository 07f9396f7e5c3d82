import type { PageText } from "./operation.ts";

const forMarkup: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  // A parser turns a bare carriage return into a line feed, and XML turns line breaks in attributes into spaces.
  "\r": "&#13;",
};
const forAttribute: Readonly<Record<string, string>> = { ...forMarkup, "\n": "&#10;", "\t": "&#9;" };

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not get into a page
const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
const beyondAscii = /\P{ASCII}/gu;

/** Drops what no document may hold (control characters, noncharacters) and mends lone surrogates. */
export const printable = (text: string): string => text.toWellFormed().replace(unprintable, "");

/** Characters beyond ASCII as numeric references: read alike under every charset a page may turn out to have. */
export const asciiReferences = (markup: string): string =>
  markup.replace(beyondAscii, (char) => `&#${char.codePointAt(0)};`);

const encoded = (markup: string, page: PageText): string => (page.asciiOnly ? asciiReferences(markup) : markup);

/** Text as markup that reads back as exactly this text. */
export const escapeText = (text: string, page: PageText): string =>
  encoded(
    printable(text).replace(/[&<>\r]/g, (char) => forMarkup[char] ?? char),
    page,
  );

/** Text as a raw attribute value, to stand between double quotes, that reads back as exactly this text. */
export const escapeAttribute = (text: string, page: PageText): string =>
  encoded(
    printable(text).replace(/[&<>\r\n\t]/g, (char) => forAttribute[char] ?? char),
    page,
  );
