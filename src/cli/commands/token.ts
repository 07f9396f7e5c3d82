import * as z from "zod";
import { everySite, scopes } from "../../core/roles.ts";
import { type Api, bodyOf, everyItem } from "../api.ts";
import { type Command, type ExitCode, exitCodes, type Words } from "../command.ts";
import { siteOf, sitePath } from "../site.ts";
import { wrongUsage } from "../stop.ts";
import type { Terminal } from "../terminal.ts";

const kept = z.object({
  id: z.string(),
  name: z.string(),
  person: z.string().nullable(),
  roles: z.record(z.string(), z.array(z.string())),
  expiresAtMs: z.number(),
  revokedAtMs: z.number().nullable(),
  lastUsedAtMs: z.number().nullable(),
});
const made = kept.extend({ token: z.string() });

/** `caramel token create|list|revoke`: who may come in by token. */
export const token: Command = {
  name: "token",
  usage: "create|list|revoke [ID] [--site KEY|*] [--name NAME --role ROLE] [--person ADDRESS] [--days N]",
  about: "make, list and revoke tokens",
  details: [
    "  token create --name pipeline --role author --role operator   for the only site, or --site KEY, or --site '*' for all",
    "  token list                                                   who has one, until when, and when it was last used",
    "  token revoke ID                                              within a minute it opens nothing",
    "",
    `Roles: ${scopes.join(", ")} (sends events of any visitor, and nothing else).`,
    "The first token of a deployment is made with its secret: CARAMEL_TOKEN=$ADMIN_TOKEN.",
    "--person says whose it is: tokens of one address are one person, who can't approve their own. --days: 90 if not said.",
    "The token is printed once, by itself, and is kept nowhere: send it where it is needed.",
  ],
  operands: [1, 2],
  options: ["site", "name", "role", "person", "days"],
  run: async (words, { terminal, api: connect }) => {
    const [word, id] = words.operands;
    if (word === "create" && id === undefined) return create(words, await connect(), terminal);
    if (word === "list" && id === undefined) return list(words, await connect(), terminal);
    if (word === "revoke" && id !== undefined) return revoke(id, words, await connect(), terminal);
    throw wrongUsage("Write `token create`, `token list` or `token revoke ID`. See `token --help`.");
  },
};

/** The address of tokens: of the site that is meant, or (`*`) of all. A site named outright need not be there yet. */
async function tokensAt(words: Words, api: Api): Promise<{ readonly path: string; readonly site: string }> {
  const site = words.options.site ?? (await siteOf(words, api));
  return { site, path: site === everySite ? "/tokens" : sitePath(site, "/tokens") };
}

async function create(words: Words, api: Api, { out, err }: Terminal): Promise<ExitCode> {
  const { name, role, person, days = "90" } = words.options;
  if (name === undefined) throw wrongUsage("Say what it is for: --name pipeline.");
  if (role === undefined) throw wrongUsage(`Say what it may do: --role ${scopes.join(", --role ")}.`);
  const strange = role.split(",").find((one) => !scopes.some((scope) => scope === one));
  if (strange !== undefined) throw wrongUsage(`There is no role "${strange}". There are ${scopes.join(", ")}.`);
  if (!/^[1-9]\d{0,2}$/.test(days)) throw wrongUsage("--days is a number from 1 to 366.");
  const { path, site } = await tokensAt(words, api);
  const roles = role.split(",");
  const body = {
    name,
    roles: site === everySite ? { [everySite]: roles } : roles,
    expiresInDays: Number(days),
    ...(person === undefined ? {} : { person }),
  };
  const { token: text, id, expiresAtMs } = bodyOf(await api.call("POST", path, { body }), made);
  out(text);
  err(`Token ${id}: ${role} on ${where(site)} until ${dayOf(expiresAtMs)}. It is not shown again.`);
  return exitCodes.ok;
}

async function list(words: Words, api: Api, { out, err, paint }: Terminal): Promise<ExitCode> {
  const { path, site } = await tokensAt(words, api);
  const tokens = await everyItem(api, path, "tokens", kept);
  if (tokens.length === 0) err(`There is no token for ${where(site)}. Make one with \`token create\`.`);
  for (const one of tokens) {
    const roles = Object.entries(one.roles).map(([key, given]) => `${key}: ${given.join(", ")}`);
    const used = one.lastUsedAtMs === null ? "never used" : `last used ${dayOf(one.lastUsedAtMs)}`;
    const state = one.revokedAtMs === null ? `until ${dayOf(one.expiresAtMs)}` : paint("red", "revoked");
    const whose = one.person === null ? "" : ` (${one.person.replace("person:", "")})`;
    out(`${one.id}  ${one.name}${whose}  ${roles.join("; ")}  ${state}  ${used}`);
  }
  return exitCodes.ok;
}

async function revoke(id: string, words: Words, api: Api, { out }: Terminal): Promise<ExitCode> {
  const { path } = await tokensAt(words, api);
  // Its text is pasted more often than its id, and must not travel in an address.
  const key = /^crml_([a-z0-9]{12})_/.exec(id)?.[1] ?? id;
  bodyOf(await api.call("DELETE", `${path}/${encodeURIComponent(key)}`), z.object({ revoked: z.literal(true) }));
  out(`Token ${key} is revoked: within a minute it opens nothing.`);
  return exitCodes.ok;
}

const where = (site: string): string => (site === everySite ? "every site" : site);
const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);
