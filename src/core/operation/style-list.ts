import { readRaw } from "./char-reference.ts";

/** One declaration of a raw style attribute: its property, and its source without the semicolon. */
export interface Declaration {
  readonly property: string;
  readonly raw: string;
}

const closers: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/**
 * Where each top-level piece between semicolons ends; `null` when quotes, brackets or comments are not closed (CSS
 * Syntax 3). Escapes are skipped with the character after them.
 */
export function cutDeclarations(text: string): readonly number[] | null {
  const ends: number[] = [];
  const open: string[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? "";
    const closer = closers[char];
    if (char === "\\") at++;
    else if (char === '"' || char === "'") at = endOfString(text, at);
    else if (char === "/" && text[at + 1] === "*") at = endOfComment(text, at);
    else if (closer !== undefined) open.push(closer);
    else if (char === open.at(-1)) open.pop();
    else if (char === ")" || char === "]" || char === "}") return null;
    else if (char === ";" && open.length === 0) ends.push(at);
  }
  // A string or comment without its end sets `at` past the text, and so does a trailing backslash.
  return open.length > 0 || isCutOff(text) ? null : [...ends, text.length];
}

function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === text[from]) return at;
    else if (text[at] === "\n") return text.length;
  }
  return text.length;
}

function endOfComment(text: string, from: number): number {
  const end = text.indexOf("*/", from + 2);
  return end < 0 ? text.length : end + 1;
}

/** Strings, comments and escapes taken out, what is left must hold no beginning of one. */
const isCutOff = (text: string): boolean =>
  /["'\\]|\/\*/.test(text.replace(/\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'|\\[\s\S]/g, " "));

/** The declarations of a raw style attribute, in order; `null` when it cannot be cut safely. */
export function readStyle(source: string): readonly Declaration[] | null {
  const { text, raw } = readRaw(source);
  let from = 0;
  const declarations: Declaration[] = [];
  const ends = cutDeclarations(text);
  if (ends === null) return null;
  for (const end of ends) {
    const property = propertyOf(text.slice(from, end));
    declarations.push({ property, raw: raw.slice(from, end).join("").trim() });
    from = end + 1;
  }
  return declarations.filter((declaration) => declaration.raw !== "");
}

/** Custom properties mind their case, all others do not. */
export const sameProperty = (name: string): string => (name.startsWith("--") ? name : name.toLowerCase());

const propertyOf = (declaration: string): string =>
  sameProperty((declaration.replace(/\/\*[\s\S]*?\*\//g, "").split(":", 1)[0] ?? "").trim());
