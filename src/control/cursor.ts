import { fail, ok, type Result } from "../core/result.ts";
import { decodeBase64Url, encodeBase64Url } from "../http/signed.ts";
import type { Refusal } from "./refusal.ts";

/** Which part of a list is asked for: at most `limit` from behind the key `after` (empty: from the start). */
export interface Slice {
  readonly limit: number;
  readonly after: string;
}

const limitByDefault = 100;
const limitAtMost = 500;

/** `?limit=` and `?cursor=`, the latter as a page before gave it in `next`. */
export function sliceOf(request: Request): Result<Slice, Refusal> {
  const query = new URL(request.url).searchParams;
  const limit = query.get("limit") ?? String(limitByDefault);
  if (!/^[1-9]\d{0,2}$/.test(limit) || Number(limit) > limitAtMost)
    return fail({ kind: "malformed", why: `\`limit\` is a number from 1 to ${limitAtMost}.` });
  const after = keyIn(query.get("cursor") ?? "");
  if (after === null)
    return fail({ kind: "malformed", why: "`cursor` is what `next` of the page before said, and nothing else." });
  return ok({ limit: Number(limit), after });
}

/** A page as it is answered: `next` leads to the following one, `null`: this was the last. */
export type Page<Name extends string, Item> = { readonly [name in Name]: readonly Item[] } & {
  readonly next: string | null;
};

/** @param found the slice and one more, if there is one: that is how it is known. */
export function pageOf<Name extends string, Item>(
  name: Name,
  found: readonly Item[],
  { limit }: Slice,
  keyOf: (item: Item) => string,
): Page<Name, Item> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const next = found.length > limit && last !== undefined ? cursorTo(keyOf(last)) : null;
  return { [name]: items, next } as Page<Name, Item>;
}

/** The slice of a list that is all there, and one more. */
export function sliced<Item>(all: readonly Item[], { limit, after }: Slice, keyOf: (item: Item) => string) {
  const start = after === "" ? 0 : all.findIndex((item) => keyOf(item) === after) + 1;
  return after !== "" && start === 0 ? [] : all.slice(start, start + limit + 1);
}

// The 1 is the shape of cursors.
const cursorTo = (key: string): string => encodeBase64Url(new TextEncoder().encode(`1${key}`));

function keyIn(cursor: string): string | null {
  if (cursor === "") return "";
  const bytes = cursor.length > 1000 ? null : decodeBase64Url(cursor);
  const text = bytes === null ? "" : new TextDecoder().decode(bytes);
  return text.startsWith("1") && text.length > 1 ? text.slice(1) : null;
}
