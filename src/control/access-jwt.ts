import { createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify } from "jose";
import * as z from "zod";
import { fail, ok, type Result } from "../core/result.ts";
import type { PeopleStore } from "../store/people.ts";
import type { Principal } from "./access.ts";
import { createRecent } from "./recent.ts";

/** Where Cloudflare Access says who somebody is (https://developers.cloudflare.com/cloudflare-one/identity/authorization-cookie/validating-json/). */
export const accessHeader = "cf-access-jwt-assertion";

/** The deployment's Access application. */
export interface AccessParts {
  /** `https://<team>.cloudflareaccess.com`: issuer of the tokens. */
  readonly issuer: string;
  /** The application's audience tag (AUD). */
  readonly audience: string;
  /** The issuer's present keys. */
  readonly readKeys: () => Promise<unknown>;
  readonly people: Pick<PeopleStore, "rolesOf">;
  readonly now: () => number;
}

/** Whom an assertion names; or why it can't be believed. Throws when the issuer's keys or D1 can't be reached. */
export type AccessDoor = (assertion: string) => Promise<Result<Principal, "invalid" | "expired">>;

/** Access signs with this and nothing else; what the token's header asks for is not considered. */
const algorithms = ["RS256"];
const clockToleranceS = 30;
const keysBelievedMs = 3600_000;
/** Keys that are not known are asked for at most this often, however many are invented. */
const lookAgainMs = 30_000;

const keysShape = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });
const claimsShape = z.object({
  email: z.email().max(254).optional(),
  common_name: z.string().min(1).max(254).optional(),
});

export function createAccessDoor(parts: AccessParts): AccessDoor {
  const verify = createVerifier(parts);
  const rolesOf = createRecent(parts.people.rolesOf, parts.now);
  return async (assertion) => {
    const payload = await verify(assertion);
    if (!payload.ok) return payload;
    const claims = claimsShape.safeParse(payload.value);
    const name = claims.success ? nameIn(claims.data) : null;
    if (name === null) return fail("invalid");
    const kind = name.startsWith("service:") ? "machine" : "person";
    const id = kind === "machine" ? name : `person:${name}`;
    return ok({ id, name, kind, roles: (await rolesOf(name)) ?? {} });
  };
}

/** People have an address; service tokens a client id (`common_name`), and no address. */
const nameIn = ({ email, common_name: client }: z.output<typeof claimsShape>): string | null =>
  email?.toLowerCase() ?? (client === undefined ? null : `service:${client}`);

function createVerifier({ issuer, audience, readKeys, now }: AccessParts) {
  const keysFor = createKeyring(readKeys, now);
  const options = {
    issuer,
    audience,
    algorithms,
    clockTolerance: clockToleranceS,
    requiredClaims: ["exp", "iat"],
  };
  const attempt = async (assertion: string, again: boolean) =>
    (await jwtVerify(assertion, createLocalJWKSet(await keysFor(again)), { ...options, currentDate: new Date(now()) }))
      .payload;
  return async (assertion: string): Promise<Result<unknown, "invalid" | "expired">> => {
    try {
      return ok(
        await attempt(assertion, false).catch((error: unknown) => {
          if (error instanceof errors.JWKSNoMatchingKey) return attempt(assertion, true);
          throw error;
        }),
      );
    } catch (error) {
      if (error instanceof errors.JWTExpired) return fail("expired");
      if (error instanceof errors.JOSEError) return fail("invalid");
      throw error;
    }
  };
}

/** The issuer's keys, kept for an hour. `again`: a key was not among them, and may be new. */
function createKeyring(readKeys: AccessParts["readKeys"], now: () => number) {
  let kept: { readonly keys: JSONWebKeySet; readonly readAtMs: number } | null = null;
  return async (again: boolean): Promise<JSONWebKeySet> => {
    const oldestMs = now() - (again ? lookAgainMs : keysBelievedMs);
    if (kept !== null && kept.readAtMs > oldestMs) return kept.keys;
    const parsed = keysShape.safeParse(await readKeys());
    if (!parsed.success) throw new Error("What Cloudflare Access gave as its keys is no JWKS");
    kept = { keys: parsed.data, readAtMs: now() };
    return kept.keys;
  };
}
