import * as z from "zod";
import type { SiteKey } from "../core/ids.ts";
import { isKey } from "../core/ids.ts";
import { everySite, type Grants, scopes } from "../core/roles.ts";
import type { StoredToken } from "../store/tokens.ts";
import { pageOf, sliceOf } from "./cursor.ts";
import { answer, type Call, type Endpoint, type GeneralEndpoint } from "./endpoint.ts";
import { pageOfMany, pageQuery, timeMs } from "./openapi/shapes.ts";
import type { ControlPorts } from "./ports.ts";
import { parseBody } from "./read-body.ts";
import { refuse } from "./refusal.ts";
import { newToken } from "./token-format.ts";

const dayMs = 86_400_000;

const about = {
  name: z.string().trim().min(1).max(100),
  /** Whose it is: by their address they are the same person as through Access, and can't approve their own. */
  person: z.email().max(254).optional(),
  expiresInDays: z.int().min(1).max(366).default(90),
};
const scopeList = z.array(z.enum(scopes)).min(1).max(scopes.length);
const siteBody = z.strictObject({ ...about, roles: scopeList });
const siteOrAll = z.string().refine((key) => key === everySite || isKey(key), { error: "A site's key, or *" });
const everywhereBody = z.strictObject({ ...about, roles: z.record(siteOrAll, scopeList) });

type Asked = Omit<z.output<typeof siteBody>, "roles"> & { readonly roles: Grants };

/** Makes a token: its text is in this answer, and nowhere ever after. */
async function make({ principal, note }: Call, asked: Asked, { tokens, digest, now }: ControlPorts): Promise<Response> {
  const { id, token } = newToken();
  const createdAtMs = now();
  const stored: StoredToken = {
    id,
    hash: await digest(token),
    name: asked.name,
    person: asked.person === undefined ? null : `person:${asked.person.toLowerCase()}`,
    roles: asked.roles,
    createdAtMs,
    createdBy: principal.id,
    expiresAtMs: createdAtMs + asked.expiresInDays * dayMs,
    revokedAtMs: null,
    lastUsedAtMs: null,
  };
  await tokens.insert(stored);
  note({ after: `token:${id} ${JSON.stringify(asked.roles)}` });
  return answer({ ...shown(stored), token }, { status: 201 });
}

/** What may be seen of a token: all but its hash. */
const shown = ({ hash: _, ...rest }: StoredToken): Omit<StoredToken, "hash"> => rest;

async function list(site: SiteKey | null, request: Request, { tokens }: ControlPorts): Promise<Response> {
  const slice = sliceOf(request);
  if (!slice.ok) return refuse(slice.error);
  const found = await tokens.list(site, slice.value.after, slice.value.limit + 1);
  return answer(pageOf("tokens", found.map(shown), slice.value, ({ id }) => id));
}

/** @param site the only site that the token may be good for; `null`: any. */
async function revoke(site: SiteKey | null, { params, note }: Call, { tokens, now }: ControlPorts): Promise<Response> {
  const { token: id = "" } = params;
  const stored = await tokens.find(id);
  const isTheirs = stored !== null && (site === null || Object.keys(stored.roles).every((key) => key === site));
  if (!isTheirs) return refuse({ kind: "not_found", what: `There is no token "${id.slice(0, 40)}" here.` });
  await tokens.revoke(id, now());
  note({ before: `token:${id}`, after: null });
  return answer({ id, revoked: true });
}

const siteExample = '{ "name": "pipeline", "roles": ["author"], "expiresInDays": 90 }';
const everywhereExample = '{ "name": "Ann", "roles": { "bookshop": ["author"] }, "person": "ann@books.example" }';

const tokenNow = z.object({
  id: z.string(),
  name: z.string(),
  person: z.string().nullable(),
  roles: z.record(z.string(), scopeList),
  createdAtMs: timeMs,
  createdBy: z.string(),
  expiresAtMs: timeMs,
  revokedAtMs: timeMs.nullable(),
  lastUsedAtMs: timeMs.nullable(),
});
const made = {
  returns: tokenNow.extend({ token: z.string().describe("Shown now and never again.") }),
  status: 201,
} as const;
const listed = { query: pageQuery, returns: pageOfMany("tokens", tokenNow) };
const revoked = { returns: z.object({ id: z.string(), revoked: z.literal(true) }) };

const makeForSite: Endpoint = {
  method: "POST",
  path: "/sites/:site/tokens",
  action: "tokens",
  about: "Makes a token for the site; it is shown in this answer only.",
  wire: { id: "createToken", body: siteBody, example: siteExample, ...made },
  repeated: "refused",
  handle: async (call, ports) => {
    const body = await parseBody(call.request, siteBody, siteExample);
    if (!body.ok) return refuse(body.error);
    return make(call, { ...body.value, roles: { [call.site]: body.value.roles } }, ports);
  },
};

const makeEverywhere: GeneralEndpoint = {
  method: "POST",
  path: "/tokens",
  action: "tokens",
  about: "Makes a token for several sites, or (*) for all; it is shown in this answer only.",
  wire: { id: "createTokenEverywhere", body: everywhereBody, example: everywhereExample, ...made },
  repeated: "refused",
  handle: async (call, ports) => {
    const body = await parseBody(call.request, everywhereBody, everywhereExample);
    return body.ok ? make(call, body.value, ports) : refuse(body.error);
  },
};

const listForSite: Endpoint = {
  method: "GET",
  path: "/sites/:site/tokens",
  action: "tokens",
  about: "The tokens that name the site, without their secrets.",
  wire: { id: "listTokens", ...listed },
  handle: ({ site, request }, ports) => list(site, request, ports),
};

const listEverywhere: GeneralEndpoint = {
  method: "GET",
  path: "/tokens",
  action: "tokens",
  about: "Every token, without its secret.",
  wire: { id: "listTokensEverywhere", ...listed },
  handle: ({ request }, ports) => list(null, request, ports),
};

const revokeForSite: Endpoint = {
  method: "DELETE",
  path: "/sites/:site/tokens/:token",
  action: "tokens",
  about: "Revokes a token of this site only; within a minute it opens nothing.",
  wire: { id: "revokeToken", ...revoked },
  handle: (call, ports) => revoke(call.site, call, ports),
};

const revokeEverywhere: GeneralEndpoint = {
  method: "DELETE",
  path: "/tokens/:token",
  action: "tokens",
  about: "Revokes any token; within a minute it opens nothing.",
  wire: { id: "revokeTokenEverywhere", ...revoked },
  handle: (call, ports) => revoke(null, call, ports),
};

export const tokenEndpoints: readonly Endpoint[] = [makeForSite, listForSite, revokeForSite];
export const everywhereTokenEndpoints: readonly GeneralEndpoint[] = [makeEverywhere, listEverywhere, revokeEverywhere];
