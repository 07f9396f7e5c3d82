/**
 * Finds its way in the text of a JSON document without building it, so that whatever is not edited keeps every byte: big
 * numbers, `1.0`, the order of keys, duplicates, white space.
 *
 * Everything here expects text that `JSON.parse` accepts. Positions are indexes into that text.
 */

/** A value inside an object or array, from the beginning of its key or of itself to its end. */
export interface Member {
  readonly key: string;
  readonly from: number;
  readonly valueFrom: number;
  readonly until: number;
}

/** An object or array with its members in order. */
export interface Container {
  readonly kind: "object" | "array";
  readonly members: readonly Member[];
  /** Behind the opening bracket. */
  readonly inside: number;
}

const notSpace = /[^\t\n\r ]/g;
const bracketOrQuote = /["[\]{}]/g;
const scalarEnd = /[\t\n\r ,\]}]|$/g;

const next = (pattern: RegExp, text: string, from: number): number => {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? text.length;
};

/** Where the value begins that stands here or behind white space. */
export const skipSpace = (text: string, from: number): number => next(notSpace, text, from);

function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text[at - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
  return text.length;
}

/** Where the value ends that begins here. */
export function endOfValue(text: string, from: number): number {
  const first = text[from];
  if (first === '"') return endOfString(text, from);
  if (first !== "{" && first !== "[") return next(scalarEnd, text, from);
  let depth = 0;
  for (let at = from; at < text.length; ) {
    const char = text[at];
    if (char === '"') at = endOfString(text, at);
    else {
      depth += char === "{" || char === "[" ? 1 : -1;
      at++;
      if (depth === 0) return at;
    }
    at = next(bracketOrQuote, text, at);
  }
  return text.length;
}

function keyAt(text: string, from: number, until: number): string {
  const raw = text.slice(from + 1, until - 1);
  return raw.includes("\\") ? String(JSON.parse(text.slice(from, until))) : raw;
}

/** The object or array that begins here; `null` for other values. */
export function containerAt(text: string, from: number): Container | null {
  if (text[from] !== "{" && text[from] !== "[") return null;
  const kind = text[from] === "{" ? "object" : "array";
  const members: Member[] = [];
  let at = skipSpace(text, from + 1);
  while (text[at] !== "}" && text[at] !== "]" && at < text.length) {
    const member = kind === "object" ? memberAt(text, at) : { key: String(members.length), from: at, valueFrom: at };
    const until = endOfValue(text, member.valueFrom);
    members.push({ ...member, until });
    at = skipSpace(text, until);
    if (text[at] === ",") at = skipSpace(text, at + 1);
  }
  return { kind, members, inside: from + 1 };
}

function memberAt(text: string, from: number): { key: string; from: number; valueFrom: number } {
  const keyEnd = endOfString(text, from);
  const colon = skipSpace(text, keyEnd);
  return { key: keyAt(text, from, keyEnd), from, valueFrom: skipSpace(text, colon + 1) };
}
