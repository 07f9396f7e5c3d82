import { env } from "cloudflare:workers";
import { consume } from "../../src/collect/consume.ts";
import { collect } from "../../src/collect/door.ts";
import type { CollectPorts } from "../../src/collect/ports.ts";
import { parseSiteFile } from "../../src/core/config/site-file.ts";
import type { Draft } from "../../src/core/draft.ts";
import type { Envelope } from "../../src/core/event.ts";
import type { SiteKey, VisitorId } from "../../src/core/ids.ts";
import { siteKnowledgeOf } from "../../src/core/site-knowledge.ts";
import { encodeVisit, newVisit, type Visit } from "../../src/core/visit.ts";
import { createSiteKeys } from "../../src/http/identify-key.ts";
import { createSigner } from "../../src/http/signed.ts";
import { createIdentityStore } from "../../src/store/identities.ts";
import { createMergeStore } from "../../src/store/merging.ts";
import { createPrivacyStore } from "../../src/store/privacy.ts";
import { createProfileStore } from "../../src/store/profiles.ts";
import { createVisitorStore } from "../../src/store/visitors.ts";
import { delivery } from "./deliveries.ts";

export const nowMs = Date.parse("2026-11-23T12:00:00Z");
const secret = "a secret of at least 32 characters!!";
export const signers = { visit: createSigner(secret, "visit"), consent: createSigner(secret, "consent") };
export const siteKeys = createSiteKeys(secret);
export const profiles = createProfileStore({ kv: env.KV, db: env.VISITORS });

export const consumerStores = {
  visitors: createVisitorStore(env.VISITORS),
  identities: createIdentityStore(env.VISITORS),
  merging: createMergeStore(env.VISITORS),
  profiles,
  rejected: () => {},
  failed: () => {},
};

/** A site's door on real stores. What is sent stays in reach until `deliver` gives it to the consumer. */
export function doorOf(site: string, file: Record<string, unknown> = {}, given: Partial<CollectPorts> = {}) {
  const sent: Envelope[] = [];
  const failures: string[] = [];
  const draft = draftOf(site, file);
  let ids = 0;
  const ports: CollectPorts = {
    now: () => nowMs,
    newVisitorId: () => {
      ids += 1;
      return visitorId(`${site}-new-${ids}`);
    },
    site: async (host) => (host === "elsewhere.example" ? "no-site" : draft),
    carriedEvents: async () => siteKnowledgeOf(draft).reads.events,
    signers,
    send: async (envelopes) => {
      sent.push(...envelopes);
    },
    perVisitor: async () => true,
    perSource: async () => true,
    isIngestToken: async (token) => token === "an-admin-token",
    identities: createIdentityStore(env.VISITORS),
    privacy: createPrivacyStore(env.VISITORS, profiles),
    setTraits: (who, at, traits) => profiles.setTraits(who, at, traits, nowMs),
    identifyKeys: siteKeys,
    report: ({ what }) => failures.push(what),
    ...given,
  };
  const deliver = async () => {
    const deliveries = sent.splice(0).map((body) => delivery(structuredClone(body)));
    await consume(deliveries, consumerStores, nowMs);
    return deliveries;
  };
  return { ask: (request: Request) => collect(request, ports), sent, failures, deliver, ports, draft };
}

function draftOf(site: string, file: Record<string, unknown>): Draft {
  const parsed = parseSiteFile({
    site,
    hosts: ["shop.example", "*.shop.example"],
    origin: "https://o.example",
    ...file,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

export const visitorId = (name: string): VisitorId => name.padEnd(22, "0") as VisitorId;

export const visitOf = (site: string, visitor: string, changes: Partial<Visit> = {}): Visit => ({
  ...newVisit(site as SiteKey, visitorId(visitor), nowMs - 60_000),
  ...changes,
});

export const cookieOf = async (visit: Visit): Promise<string> =>
  `caramel=${await signers.visit.sign(encodeVisit(visit))}`;

/** A request as a page of the site makes it. */
export function pageRequest(
  path: string,
  method: string,
  body: unknown,
  headers: Record<string, string> = {},
): Request {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return new Request(`https://shop.example/_caramel/${path}`, {
    method,
    headers: {
      origin: "https://shop.example",
      "sec-fetch-site": "same-origin",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: text }),
  });
}

/** The cookies that a browser has after an answer, as a `Cookie` header. */
export function cookiesAfter(response: Response, before = ""): string {
  const jar = new Map(
    before
      .split("; ")
      .filter(Boolean)
      .map((pair) => [pair.split("=")[0], pair] as const),
  );
  for (const line of response.headers.getSetCookie()) {
    const [pair = ""] = line.split(";");
    const [name = ""] = pair.split("=");
    if (line.includes("Max-Age=0")) jar.delete(name);
    else jar.set(name, pair);
  }
  return [...jar.values()].join("; ");
}

const tables = ["events", "exposures", "profiles", "identities", "users", "consents"];

/** Every row and every copy that is held of a site's visitors. */
export async function everything(site: string): Promise<Record<string, unknown[]>> {
  const held: Record<string, unknown[]> = {};
  for (const table of tables) {
    held[table] = (await env.VISITORS.prepare(`SELECT * FROM ${table} WHERE site = ?`).bind(site).all()).results;
  }
  const { keys } = await env.KV.list();
  held.kv = keys.map(({ name }) => name).filter((name) => name.endsWith(`:${site}`));
  return held;
}

export const nothing = { events: [], exposures: [], profiles: [], identities: [], users: [], consents: [], kv: [] };
