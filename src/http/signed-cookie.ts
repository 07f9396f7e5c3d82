import { cookieValues } from "./cookie.ts";
import type { Signer } from "./signed.ts";

/** A cookie longer than this was not written by us; nothing longer is even looked at. */
const mostCookieBytes = 2_000;

/**
 * What a signed cookie says.
 *
 * @param header the request's `Cookie` header.
 * @returns `null` for none, and for one that is tampered with, foreign, duplicate or overlong. Never throws.
 */
export async function openCookie(header: string | null, name: string, signer: Signer): Promise<string | null> {
  if (header === null) return null;
  const values = cookieValues(header, name);
  const value = values[0];
  if (value === undefined || values.length > 1 || value.length > mostCookieBytes) return null;
  return signer.open(value);
}
