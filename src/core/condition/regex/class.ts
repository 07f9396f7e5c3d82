import { type CharSet, complementOf, single, unionOf } from "./charset.ts";
import { readEscape } from "./escape.ts";
import { ignoringCase } from "./fold.ts";
import { type Cursor, peek, take } from "./syntax.ts";

/** Reads `[…]`. The cursor stands behind the opening bracket; the pattern is known to be well formed. */
export function readClass(cursor: Cursor): CharSet {
  const negated = take(cursor, "^");
  const parts: CharSet[] = [];
  while (cursor.at < cursor.text.length && !take(cursor, "]")) parts.push(...readMember(cursor));
  // Case is folded before the class is turned round: `[^a]` with `i` refuses A, too.
  const members = cursor.ignoreCase ? ignoringCase(unionOf(parts)) : unionOf(parts);
  return negated ? complementOf(members) : members;
}

/** One member: a unit, a shorthand, or a range. Annex B: `[a-\d]` is a, the hyphen and digits. */
function readMember(cursor: Cursor): CharSet[] {
  const from = readAtom(cursor);
  if (peek(cursor) !== "-" || cursor.text.charAt(cursor.at + 1) === "]") return [from];
  cursor.at += 1;
  const to = readAtom(cursor);
  const lo = onlyUnitOf(from);
  const hi = onlyUnitOf(to);
  return lo === null || hi === null ? [from, single(45), to] : [[lo, hi]];
}

function readAtom(cursor: Cursor): CharSet {
  if (take(cursor, "\\")) return readEscape(cursor, true);
  const unit = cursor.text.charCodeAt(cursor.at);
  cursor.at += 1;
  return single(unit);
}

const onlyUnitOf = (set: CharSet): number | null => (set.length === 2 && set[0] === set[1] ? (set[0] ?? null) : null);
