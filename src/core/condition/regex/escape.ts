import { type CharSet, shorthand, single } from "./charset.ts";
import { type Cursor, peek } from "./syntax.ts";

const controls = new Map([
  ["t", 9],
  ["n", 10],
  ["v", 11],
  ["f", 12],
  ["r", 13],
]);
const backslash = 92;

/**
 * Reads what follows a backslash, as ECMA-262 with its Annex B reads it without the `u` flag. The cursor stands behind
 * the backslash.
 *
 * @param inClass within `[…]`, where `\b` is a backspace, and nothing is a backreference.
 */
export function readEscape(cursor: Cursor, inClass: boolean): CharSet {
  const letter = peek(cursor);
  if (letter === "c") return single(readControl(cursor, inClass));
  if (letter >= "0" && letter <= "9") return single(readNumber(cursor, inClass));
  cursor.at += 1;
  if (letter === "x") return single(readHex(cursor, 2) ?? letter.charCodeAt(0));
  if (letter === "u") return single(readHex(cursor, 4) ?? letter.charCodeAt(0));
  if (letter === "b" && inClass) return single(8);
  if (letter === "k" && cursor.named && !inClass) cursor.refused ??= "a backreference";
  return shorthand(letter) ?? single(controls.get(letter) ?? letter.charCodeAt(0));
}

/** `\cA`. Without a letter the backslash stands for itself, and the c is read again as a letter. */
function readControl(cursor: Cursor, inClass: boolean): number {
  const next = cursor.text.charAt(cursor.at + 1);
  if (!(inClass ? /^[A-Za-z0-9_]$/ : /^[A-Za-z]$/).test(next)) return backslash;
  cursor.at += 2;
  return next.charCodeAt(0) & 31;
}

/** `\1` is a backreference when there are that many groups, else an octal escape, else (`\8`, `\9`) the digit itself. */
function readNumber(cursor: Cursor, inClass: boolean): number {
  const rest = cursor.text.slice(cursor.at, cursor.at + 12);
  const decimal = /^[1-9]\d*/.exec(rest);
  if (decimal && !inClass && Number(decimal[0]) <= cursor.groups) {
    cursor.refused ??= "a backreference";
    cursor.at += decimal[0].length;
    return 0;
  }
  const octal = /^(?:[0-3][0-7]{0,2}|[4-7][0-7]?)/.exec(rest);
  cursor.at += octal ? octal[0].length : 1;
  return octal ? Number.parseInt(octal[0], 8) : rest.charCodeAt(0);
}

function readHex(cursor: Cursor, length: number): number | null {
  const digits = cursor.text.slice(cursor.at, cursor.at + length);
  if (digits.length !== length || !/^[0-9A-Fa-f]+$/.test(digits)) return null;
  cursor.at += length;
  return Number.parseInt(digits, 16);
}
