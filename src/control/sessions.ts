import type { Digest } from "../core/release-id.ts";
import { cookieValues } from "../http/cookie.ts";
import { encodeBase64Url } from "../http/signed.ts";
import type { SessionStore } from "../store/sessions.ts";
import type { Principal } from "./access.ts";
import type { TokenDoor, TokenHolder } from "./tokens.ts";

/** `__Host-`: browsers take it over https only (or from this machine), for this host only, and no subdomain can set it. */
const cookieName = "__Host-caramel_session";
const cookieRules = "Path=/; Secure; HttpOnly; SameSite=Lax";

const sessionSeconds = 12 * 3600;
const valueShape = /^[\w-]{43}$/;

/** Browser sessions: a random cookie, and a row that says with which token it was opened. */
export interface Sessions {
  /** Whose session the request carries; `null` for none, an ended one, or two. */
  readonly find: (request: Request) => Promise<Principal | null>;
  /**
   * Opens a session under a new random name, whatever cookie the browser came with, and ends that one (no fixation).
   *
   * @returns the `Set-Cookie` value.
   */
  readonly open: (holder: TokenHolder, request: Request) => Promise<string>;
  /** Ends the request's session. @returns the `Set-Cookie` value that takes the cookie away. */
  readonly close: (request: Request) => Promise<string>;
}

export interface SessionParts {
  readonly store: SessionStore;
  readonly reopen: TokenDoor["reopen"];
  readonly digest: Digest;
  readonly now: () => number;
}

export function createSessions({ store, reopen, digest, now }: SessionParts): Sessions {
  const end = async (request: Request): Promise<void> => {
    for (const value of valuesIn(request)) await store.delete(await digest(value));
  };
  return {
    find: async (request) => {
      const [value, another] = valuesIn(request);
      if (value === undefined || another !== undefined) return null;
      const session = await store.find(await digest(value));
      if (session === null || session.expiresAtMs <= now()) return null;
      return (await reopen(session.token, session.tokenHash))?.principal ?? null;
    },
    open: async ({ token, tokenHash, expiresAtMs }, request) => {
      await end(request);
      const value = encodeBase64Url(crypto.getRandomValues(new Uint8Array(32)));
      const createdAtMs = now();
      const endsAtMs = Math.min(createdAtMs + sessionSeconds * 1000, expiresAtMs ?? Number.POSITIVE_INFINITY);
      await store.insert({ hash: await digest(value), token, tokenHash, createdAtMs, expiresAtMs: endsAtMs });
      return `${cookieName}=${value}; ${cookieRules}; Max-Age=${Math.floor((endsAtMs - createdAtMs) / 1000)}`;
    },
    close: async (request) => {
      await end(request);
      return `${cookieName}=; ${cookieRules}; Max-Age=0`;
    },
  };
}

/** A few at most: who sends a hundred cookies of this name does not make us look up a hundred. */
const valuesIn = ({ headers }: Request): readonly string[] =>
  cookieValues(headers.get("cookie") ?? "", cookieName)
    .filter((value) => valueShape.test(value))
    .slice(0, 4);
