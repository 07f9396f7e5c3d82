import { fail, ok, type Result } from "../../result.ts";
import { anything, type CharSet, dot, single } from "./charset.ts";
import { readClass } from "./class.ts";
import { readEscape } from "./escape.ts";
import { ignoringCase } from "./fold.ts";
import { type Cursor, type Node, peek, take } from "./syntax.ts";

/**
 * Reads a pattern that JavaScript itself has found well formed, as ECMA-262 with Annex B reads it without the `u` flag.
 *
 * @returns its tree, or in a person's words what it contains that can't be matched in linear time.
 */
export function parsePattern(text: string, ignoreCase: boolean): Result<Node, string> {
  const cursor: Cursor = { text, at: 0, ...groupsOf(text), ignoreCase, refused: null };
  const node = readChoice(cursor);
  if (cursor.refused === null && cursor.at < text.length) cursor.refused = "syntax that is not known here";
  return cursor.refused === null ? ok(node) : fail(cursor.refused);
}

/** Counts capturing groups, past escapes and classes. */
function groupsOf(text: string): { groups: number; named: boolean } {
  let groups = 0;
  let named = false;
  for (const [token] of text.matchAll(/\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|\(\?<(?![=!])|\((?!\?)/g)) {
    if (!token.startsWith("(")) continue;
    groups += 1;
    named ||= token !== "(";
  }
  return { groups, named };
}

function readChoice(cursor: Cursor): Node {
  const items = [readSequence(cursor)];
  while (take(cursor, "|")) items.push(readSequence(cursor));
  const [only] = items;
  return items.length === 1 && only ? only : { kind: "choice", items };
}

function readSequence(cursor: Cursor): Node {
  const items: Node[] = [];
  while (cursor.refused === null && cursor.at < cursor.text.length && !/[|)]/.test(peek(cursor))) {
    items.push(readQuantified(cursor, readTerm(cursor)));
  }
  const [only] = items;
  return items.length === 1 && only ? only : { kind: "sequence", items };
}

function readTerm(cursor: Cursor): Node {
  if (take(cursor, "^")) return { kind: "assertion", which: "start" };
  if (take(cursor, "$")) return { kind: "assertion", which: "end" };
  if (take(cursor, "\\b")) return { kind: "assertion", which: "boundary" };
  if (take(cursor, "\\B")) return { kind: "assertion", which: "inside" };
  if (take(cursor, "(")) return readGroup(cursor);
  return { kind: "set", set: readUnits(cursor) };
}

function readUnits(cursor: Cursor): CharSet {
  if (take(cursor, ".")) return dot;
  if (take(cursor, "[^]")) return anything;
  if (take(cursor, "[")) return readClass(cursor);
  const set = take(cursor, "\\") ? readEscape(cursor, false) : single(cursor.text.charCodeAt(cursor.at++));
  return cursor.ignoreCase ? ignoringCase(set) : set;
}

const looks = [
  { token: "?=", ahead: true, negative: false },
  { token: "?!", ahead: true, negative: true },
  { token: "?<=", ahead: false, negative: false },
  { token: "?<!", ahead: false, negative: true },
];

function readGroup(cursor: Cursor): Node {
  const look = looks.find(({ token }) => take(cursor, token));
  if (!look && !take(cursor, "?:") && take(cursor, "?")) {
    // What is left is a name, or modifiers such as `(?i:`, which older engines don't have either.
    if (peek(cursor) !== "<") cursor.refused ??= "a group with modifiers";
    cursor.at = Math.max(cursor.text.indexOf(">", cursor.at), cursor.at) + 1;
  }
  const item = readChoice(cursor);
  take(cursor, ")");
  return look ? { kind: "look", ahead: look.ahead, negative: look.negative, item } : item;
}

function readQuantified(cursor: Cursor, item: Node): Node {
  const bounds = readBounds(cursor);
  if (!bounds) return item;
  take(cursor, "?"); // lazy: another match first, but a match all the same
  return { kind: "repeat", item, ...bounds };
}

function readBounds(cursor: Cursor): { min: number; max: number } | null {
  if (take(cursor, "*")) return { min: 0, max: Number.POSITIVE_INFINITY };
  if (take(cursor, "+")) return { min: 1, max: Number.POSITIVE_INFINITY };
  if (take(cursor, "?")) return { min: 0, max: 1 };
  if (peek(cursor) !== "{") return null;
  // Annex B: a brace that opens no such bounds stands for itself.
  const [all, min = "", comma, max] = /^\{(\d+)(,(\d*))?\}/.exec(cursor.text.slice(cursor.at)) ?? [];
  if (all === undefined) return null;
  cursor.at += all.length;
  if (comma === undefined) return { min: Number(min), max: Number(min) };
  return { min: Number(min), max: max ? Number(max) : Number.POSITIVE_INFINITY };
}
