import type { Digest } from "../core/release-id.ts";

/** SHA-256 of UTF-8 text as lower-case hexadecimal digits, by the platform. */
export const sha256: Digest = async (text) => {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
};
