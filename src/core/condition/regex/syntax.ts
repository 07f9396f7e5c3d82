import type { CharSet } from "./charset.ts";

/** A pattern's tree. Captures are gone: only whether it matches is ever asked. */
export type Node =
  | { readonly kind: "set"; readonly set: CharSet }
  | { readonly kind: "sequence"; readonly items: readonly Node[] }
  | { readonly kind: "choice"; readonly items: readonly Node[] }
  /** `max` is Infinity for `*`, `+` and `{n,}`. Greedy and lazy are one, since only the answer counts. */
  | { readonly kind: "repeat"; readonly item: Node; readonly min: number; readonly max: number }
  | { readonly kind: "assertion"; readonly which: Assertion }
  | { readonly kind: "look"; readonly ahead: boolean; readonly negative: boolean; readonly item: Node };

/** `^`, `$`, `\b` and `\B`. */
export type Assertion = "start" | "end" | "boundary" | "inside";

/** Where reading has come to, and what is known of the whole pattern. */
export interface Cursor {
  readonly text: string;
  at: number;
  /** How many capturing groups there are: decides whether `\3` is a backreference or an octal escape. */
  readonly groups: number;
  /** Whether any group has a name: decides whether `\k` is a backreference or the letter k. */
  readonly named: boolean;
  readonly ignoreCase: boolean;
  /** What can't be matched in linear time, in a person's words; null as long as all is well. */
  refused: string | null;
}

export const peek = (cursor: Cursor): string => cursor.text.charAt(cursor.at);

/** Steps over `token` if it is next. */
export function take(cursor: Cursor, token: string): boolean {
  if (!cursor.text.startsWith(token, cursor.at)) return false;
  cursor.at += token.length;
  return true;
}
