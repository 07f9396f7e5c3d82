import type { Who } from "./who.ts";

const encoder = new TextEncoder();

/**
 * What is kept of an erased visitor: SHA-256 over site and id. Ids are 132 random bits, so nobody finds one from its hash,
 * and whoever holds the id still recognises it.
 */
export async function tombstoneOf({ visitor, site }: Who): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(`${site} ${visitor}`));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
