/** Each site's own key, with which it signs the ids of its users. */
export interface SiteKeys {
  /** The key as the site's server needs it: 64 hexadecimal digits, used as text. */
  readonly keyOf: (site: string) => Promise<string>;
  /** Whether `hmacHex` is HMAC-SHA-256 of the text with the site's key. Takes the same time whatever is wrong. */
  readonly isSigned: (site: string, text: string, hmacHex: string) => Promise<boolean>;
}

const encoder = new TextEncoder();
const hmac = { name: "HMAC", hash: "SHA-256" } as const;

/**
 * Derives every site's key from one secret of the deployment, so that a site that knows its own learns nothing of another's
 * (HMAC-SHA-256 as a pseudo-random function, RFC 5869).
 */
export function createSiteKeys(secret: string): SiteKeys {
  const root = crypto.subtle.importKey("raw", encoder.encode(secret), hmac, false, ["sign"]);
  const keyOf = async (site: string): Promise<string> =>
    hexOf(await crypto.subtle.sign("HMAC", await root, encoder.encode(`identify.${site}`)));
  return {
    keyOf,
    isSigned: async (site, text, hmacHex) => {
      if (!/^[0-9a-f]{64}$/i.test(hmacHex)) return false;
      const key = await crypto.subtle.importKey("raw", encoder.encode(await keyOf(site)), hmac, false, ["verify"]);
      const signature = Uint8Array.from(hmacHex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
      return crypto.subtle.verify("HMAC", key, signature, encoder.encode(text));
    },
  };
}

const hexOf = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
