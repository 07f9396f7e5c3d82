import type { Digest } from "../core/release-id.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { everySite, roles } from "../core/roles.ts";
import type { StoredToken, TokenStore } from "../store/tokens.ts";
import type { Principal } from "./access.ts";
import { createRecent } from "./recent.ts";
import { tokenId } from "./token-format.ts";

/** Why a token opens nothing. The last two are told only to whoever has the whole secret. */
export type TokenRefusal = "unknown" | "expired" | "revoked";

/** A principal, and the token that says so: `null` is the deployment's own secret. */
export interface TokenHolder {
  readonly principal: Principal;
  readonly token: string | null;
  readonly tokenHash: string;
  /** `null`: as long as the secret is the same. */
  readonly expiresAtMs: number | null;
}

/** Knows bearer tokens. Throws when D1 is away and the token is not the deployment's own secret. */
export interface TokenDoor {
  /** Whose token this is. */
  readonly open: (token: string) => Promise<Result<TokenHolder, TokenRefusal>>;
  /** The holder of a token that was presented earlier, as long as it is good: for sessions. */
  readonly reopen: (token: string | null, tokenHash: string) => Promise<TokenHolder | null>;
}

export interface TokenDoorParts {
  /** The deployment's own secret: opens everything without D1, to make the first token with and to throw the kill switch. */
  readonly secret: string | undefined;
  readonly tokens: Pick<TokenStore, "find" | "touch">;
  readonly digest: Digest;
  readonly now: () => number;
}

/** Shorter secrets can be guessed, and are refused unread. */
const leastCharacters = 24;
const mostCharacters = 512;
const hourMs = 3600_000;
const mostNoted = 1000;
/** Compared with where there is nothing to compare with, so that a token that is not there takes as long. */
const nobodysHash = "0".repeat(64);

/** Whoever holds the deployment's secret: may be everything, everywhere. */
export const deployment: Principal = {
  id: "deployment",
  name: "operator",
  kind: "deployment",
  roles: { [everySite]: roles },
};

/** Tokens are found by their public id and compared by hash, in constant time. What D1 says is believed for half a minute. */
export function createTokenDoor({ secret, tokens, digest, now }: TokenDoorParts): TokenDoor {
  const find = createRecent(tokens.find, now);
  const noteUse = createUseNotes(tokens.touch);
  const isDeployment = async (hash: string) =>
    secret !== undefined && secret.length >= leastCharacters && isSame(hash, await digest(secret));
  const deploymentHolder = (tokenHash: string) => ({
    principal: deployment,
    token: null,
    tokenHash,
    expiresAtMs: null,
  });
  return {
    open: async (token) => {
      if (token.length < leastCharacters || token.length > mostCharacters) return fail("unknown");
      const hash = await digest(token);
      if (await isDeployment(hash)) return ok(deploymentHolder(hash));
      const id = tokenId(token);
      const stored = id === null ? null : await find(id);
      if (!isSame(hash, stored?.hash ?? nobodysHash) || stored === null) return fail("unknown");
      const refused = refusalOf(stored, now());
      if (refused !== null) return fail(refused);
      await noteUse(stored, now());
      return ok(holderOf(stored));
    },
    reopen: async (token, tokenHash) => {
      if (token === null) return (await isDeployment(tokenHash)) ? deploymentHolder(tokenHash) : null;
      const stored = await find(token);
      const isGood = stored !== null && stored.hash === tokenHash && refusalOf(stored, now()) === null;
      return isGood ? holderOf(stored) : null;
    },
  };
}

function refusalOf({ revokedAtMs, expiresAtMs }: StoredToken, nowMs: number): TokenRefusal | null {
  if (revokedAtMs !== null) return "revoked";
  return expiresAtMs <= nowMs ? "expired" : null;
}

/** To the hour, once an hour and isolate; no reason to turn anybody away. */
function createUseNotes(touch: TokenStore["touch"]) {
  const noted = new Map<string, number>();
  return async ({ id, lastUsedAtMs }: StoredToken, nowMs: number): Promise<void> => {
    const hour = nowMs - (nowMs % hourMs);
    if (Math.max(noted.get(id) ?? 0, lastUsedAtMs ?? 0) >= hour) return;
    if (noted.size >= mostNoted) noted.clear();
    noted.set(id, hour);
    await touch(id, hour).catch(() => undefined);
  };
}

function holderOf({ id, hash, name, person, roles: grants, expiresAtMs }: StoredToken): TokenHolder {
  const kind = person === null ? "machine" : "person";
  return {
    principal: { id: person ?? `token:${id}`, name, kind, roles: grants },
    token: id,
    tokenHash: hash,
    expiresAtMs,
  };
}

/** Compares all characters whatever they are: the time taken tells nothing of them. */
function isSame(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at += 1) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  return difference === 0;
}
