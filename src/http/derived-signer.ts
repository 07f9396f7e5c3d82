import { createSigner, encodeBase64Url, type Signer } from "./signed.ts";

const encoder = new TextEncoder();

/**
 * A signer whose key is derived from the secret, so that it can be given to somebody who may check (or make) signatures of
 * this purpose and no others. The derived key is `base64url(HMAC-SHA-256(secret, "caramel." + purpose))`, as text.
 */
export function createDerivedSigner(secret: string, purpose: string): Signer {
  // Made when first used: most deployments never do.
  let made: Promise<Signer> | null = null;
  const signer = (): Promise<Signer> => {
    made ??= derivedKey(secret, purpose).then((key) => createSigner(key, purpose));
    return made;
  };
  return {
    sign: async (text) => (await signer()).sign(text),
    open: async (signed) => (await signer()).open(signed),
  };
}

async function derivedKey(secret: string, purpose: string): Promise<string> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["sign"]);
  const bytes = await crypto.subtle.sign("HMAC", key, encoder.encode(`caramel.${purpose}`));
  return encodeBase64Url(new Uint8Array(bytes));
}
