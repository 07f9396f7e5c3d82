import { type AccessDoor, createAccessDoor } from "../control/access-jwt.ts";
import { createSessions, type Sessions } from "../control/sessions.ts";
import { sha256 } from "../control/sha256.ts";
import type { TokenDoor } from "../control/tokens.ts";
import type { Env } from "../env.ts";
import { createPeopleStore } from "../store/people.ts";
import { createSessionStore } from "../store/sessions.ts";

/**
 * Sessions are for browsers at a host of the control plane's own, or on a developer's machine: on a website's host any
 * script of that website could use them.
 */
export function sessionsFor(env: Env, tokens: TokenDoor): Sessions | null {
  const isApart = env.CONTROL_HOST !== undefined || env.ALLOW_PRIVATE_ORIGINS === "true";
  const store = createSessionStore(env.DB);
  return isApart ? createSessions({ store, reopen: tokens.reopen, digest: sha256, now: Date.now }) : null;
}

const keysDeadlineMs = 5_000;

/** Cloudflare Access, in a deployment that names its team and application. */
export function accessFor({ ACCESS_TEAM, ACCESS_AUD, DB }: Env): AccessDoor | null {
  if (ACCESS_TEAM === undefined || ACCESS_AUD === undefined || ACCESS_AUD === "") return null;
  const issuer = `https://${ACCESS_TEAM}`;
  return createAccessDoor({
    issuer,
    audience: ACCESS_AUD,
    readKeys: async () => {
      const signal = AbortSignal.timeout(keysDeadlineMs);
      return (await fetch(`${issuer}/cdn-cgi/access/certs`, { signal, redirect: "error" })).json();
    },
    people: createPeopleStore(DB),
    now: Date.now,
  });
}
