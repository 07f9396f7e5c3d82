import { decodeBase64Url, encodeBase64Url } from "../http/signed.ts";

/**
 * A bearer token: `crml_`, a public id, `_`, 256 random bits, and a checksum (CRC-32) over all that. Scanners of leaked secrets
 * know it by its beginning, and a slip in copying is seen without asking the database.
 */
const shape = /^crml_([a-z0-9]{12})_([\w-]{43})([\w-]{6})$/;

const secretBytes = 32;
const idCharacters = "abcdefghijklmnopqrstuvwxyz012345";
const idLength = 12;

/** A new token, to be shown once, and the public id by which it is found. */
export function newToken(): { readonly id: string; readonly token: string } {
  const random = crypto.getRandomValues(new Uint8Array(idLength));
  const id = Array.from(random, (byte) => idCharacters.charAt(byte % idCharacters.length)).join("");
  const unchecked = `crml_${id}_${encodeBase64Url(crypto.getRandomValues(new Uint8Array(secretBytes)))}`;
  return { id, token: unchecked + checksum(unchecked) };
}

/** The public id of a well-formed token; `null` for every other text. Whether the token is good, its hash tells. */
export function tokenId(token: string): string | null {
  const match = shape.exec(token);
  if (match === null || match[3] !== checksum(token.slice(0, -6))) return null;
  // The last of 43 characters carries two bits only: another spelling of the same bytes is no token of ours.
  const bytes = decodeBase64Url(match[2] ?? "");
  return bytes !== null && encodeBase64Url(bytes) === match[2] ? (match[1] ?? null) : null;
}

/** CRC-32 (ISO 3309) of ASCII text as six base64url characters. */
function checksum(text: string): string {
  let crc = 0xffffffff;
  for (let at = 0; at < text.length; at += 1) {
    crc ^= text.charCodeAt(at) & 0xff;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  const value = (crc ^ 0xffffffff) >>> 0;
  return encodeBase64Url(Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value));
}
