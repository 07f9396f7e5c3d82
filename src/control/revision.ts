import { fail, ok, type Result } from "../core/result.ts";
import type { Refusal } from "./refusal.ts";

/** A draft's revision as an entity tag. */
export const etagOf = (revision: number): string => `"${revision}"`;

/**
 * What the caller's conditional headers (RFC 9110, 13.1) say about the draft they have seen: its revision; 0 when it must
 * not be there yet (`If-None-Match: *`); `null` when they overwrite whatever is there.
 */
export function expectedRevision(headers: Headers): Result<number | null, Refusal> {
  const ifMatch = headers.get("if-match");
  if (ifMatch === null) return ok(headers.get("if-none-match") === "*" ? 0 : null);
  if (ifMatch === "*") return ok(null);
  const revision = /^"(\d{1,15})"$/.exec(ifMatch)?.[1];
  if (revision !== undefined) return ok(Number(revision));
  return fail({ kind: "malformed", why: 'If-Match is one revision in quotes, as the ETag says it: "7".' });
}
