import type { Draft } from "../core/draft.ts";
import { fail, ok, type Result } from "../core/result.ts";
import type { Visit } from "../core/visit.ts";
import { isOwnPage } from "../http/same-site.ts";
import { readVisit } from "../http/visitor-cookies.ts";
import type { CollectPorts } from "./ports.ts";
import type { Refusal } from "./refusal.ts";

/** Who calls: a visitor's page, or a server with a token. */
export type Caller =
  | { readonly kind: "page"; readonly visit: Visit | null }
  | { readonly kind: "server"; readonly name: string };

/**
 * Finds out who calls, as cheaply as it can be: a source that calls too often is turned away before anything is looked up.
 *
 * @param what is counted by itself, so that a flood of events takes from nobody the right to refuse or to be forgotten.
 */
export async function callerOf(
  request: Request,
  site: Draft,
  ports: CollectPorts,
  what: "events" | "wishes" = "wishes",
): Promise<Result<Caller, Refusal>> {
  const address = request.headers.get("cf-connecting-ip");
  if (address !== null && !(await ports.perSource(`${what}:${address}`))) return fail({ kind: "too_many" });
  const authorization = request.headers.get("authorization");
  if (authorization !== null) return serverOf(authorization, site, ports);
  if (!isOwnPage(request, site.site)) return fail({ kind: "foreign_page" });
  if (ports.signers === null) return ok({ kind: "page", visit: null });
  const visit = await readVisit(request.headers.get("cookie"), site.site, ports.signers.visit);
  if (visit !== null && !(await ports.perVisitor(`${what}:${visit.visitor}`))) return fail({ kind: "too_many" });
  return ok({ kind: "page", visit });
}

async function serverOf(authorization: string, site: Draft, ports: CollectPorts): Promise<Result<Caller, Refusal>> {
  const token = /^Bearer ([\w\-.~+/]+=*)$/i.exec(authorization)?.[1];
  if (token === undefined) return fail({ kind: "unauthenticated" });
  const hash = await sha256Hex(token);
  const app = Object.entries(site.apps ?? {}).find(([, one]) => one.kind === "server" && one.tokenHash === hash);
  if (app !== undefined) return ok({ kind: "server", name: app[0] });
  if (await ports.isIngestToken(token, site.site.key)) return ok({ kind: "server", name: "operator" });
  return fail({ kind: "unauthenticated" });
}

/** Tokens are random, so a plain hash is enough, and the time its comparison takes tells nothing of the token. */
async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
