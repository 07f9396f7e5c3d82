import type { Digest } from "../core/release-id.ts";
import { type Principal, roles } from "./access.ts";

/** A bearer token as it is kept: only its hash, so that nobody who reads the store can use it. */
export interface StoredToken {
  readonly principal: Principal;
  /** SHA-256 of the token, 64 lower-case hexadecimal digits. Tokens are random, so a plain hash is enough. */
  readonly sha256: string;
}

/** Shorter tokens can be guessed, and are refused unread. */
const leastCharacters = 24;
const mostCharacters = 512;

/**
 * Checks bearer tokens against hashes.
 *
 * Every stored hash is compared, each in constant time, so that the time taken tells nothing about any of them.
 */
export function createAuthenticator(
  tokens: () => Promise<readonly StoredToken[]>,
  digest: Digest,
): (token: string) => Promise<Principal | null> {
  return async (token) => {
    if (token.length < leastCharacters || token.length > mostCharacters) return null;
    const presented = await digest(token);
    let found: Principal | null = null;
    for (const { principal, sha256 } of await tokens()) {
      if (isSame(presented, sha256)) found = principal;
    }
    return found;
  };
}

/** Whoever holds the deployment's secret: may be everything, everywhere. Meant to make the first token with. */
export const deployment: Principal = {
  id: "deployment",
  name: "operator",
  kind: "deployment",
  roles: { "*": roles },
};

/** The operator's token, from the deployment's secret. None, or one that can be guessed, opens nothing. */
export async function operatorToken(secret: string | undefined, digest: Digest): Promise<readonly StoredToken[]> {
  if (secret === undefined || secret.length < leastCharacters) return [];
  return [{ principal: deployment, sha256: await digest(secret) }];
}

function isSame(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at += 1) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  return difference === 0;
}
