import { fail, ok, type Result } from "../core/result.ts";
import { sameOrigin } from "../http/same-origin.ts";
import type { Principal } from "./access.ts";
import { type AccessDoor, accessHeader } from "./access-jwt.ts";
import type { Refusal } from "./refusal.ts";
import type { Sessions } from "./sessions.ts";
import type { TokenDoor, TokenHolder } from "./tokens.ts";

/** The ways in. */
export interface Doors {
  readonly tokens: TokenDoor;
  readonly sessions: Pick<Sessions, "find">;
  /** `null`: the deployment is not behind Cloudflare Access. */
  readonly access: AccessDoor | null;
}

/**
 * Finds out who calls: by bearer token, else by Cloudflare Access, else by session. A token that is no good is not made good
 * by a cookie. What browsers send by themselves (the last two) changes something only for a page of our own.
 */
export async function recognise(request: Request, doors: Doors): Promise<Result<Principal, Refusal>> {
  const authorization = request.headers.get("authorization");
  if (authorization !== null) {
    const holder = await byToken(authorization, doors.tokens);
    return holder.ok ? ok(holder.value.principal) : holder;
  }
  const assertion = request.headers.get(accessHeader);
  if (assertion !== null && doors.access !== null) return byAccess(request, assertion, doors.access);
  const principal = await doors.sessions.find(request);
  if (principal === null) return fail({ kind: "unauthenticated" });
  // Browsers of today always say where a request comes from; whatever holds this cookie and does not is none of them.
  return isSafe(request) || sameOrigin(request) === "yes" ? ok(principal) : fail({ kind: "cross_site" });
}

/** RFC 6750: the scheme's name in any case, one space, the token. */
export async function byToken(authorization: string, { open }: TokenDoor): Promise<Result<TokenHolder, Refusal>> {
  const token = /^Bearer ([\w\-.~+/]+=*)$/i.exec(authorization)?.[1];
  if (token === undefined) return fail({ kind: "unauthenticated" });
  const holder = await open(token);
  return holder.ok ? holder : fail({ kind: "unauthenticated", because: holder.error });
}

async function byAccess(request: Request, assertion: string, door: AccessDoor): Promise<Result<Principal, Refusal>> {
  const principal = await door(assertion);
  if (!principal.ok) return fail({ kind: "unauthenticated", because: principal.error });
  // Programs with a service token say nothing of their origin; browsers do.
  return isSafe(request) || sameOrigin(request) !== "no" ? principal : fail({ kind: "cross_site" });
}

const isSafe = ({ method }: Request): boolean => method === "GET" || method === "HEAD";
