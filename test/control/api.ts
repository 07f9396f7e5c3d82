import { env } from "cloudflare:workers";
import { createControl, endpoints, generalEndpoints } from "../../src/control/control.ts";
import { policyCheck } from "../../src/control/policy.ts";
import type { ControlPorts } from "../../src/control/ports.ts";
import type { Doors } from "../../src/control/recognise.ts";
import { checkSelector } from "../../src/control/selector.ts";
import { sha256 } from "../../src/control/sha256.ts";
import { visitorPorts } from "../../src/control/stores.ts";
import type { SiteKey } from "../../src/core/ids.ts";
import { encodePreviewClaims } from "../../src/core/preview-link.ts";
import { fail, ok } from "../../src/core/result.ts";
import { type Grants, roles } from "../../src/core/roles.ts";
import { encodeVisitClaims } from "../../src/core/visit-link.ts";
import { newVisitorId } from "../../src/http/random-ids.ts";
import { createSigner } from "../../src/http/signed.ts";
import { createAuditStore } from "../../src/store/audit.ts";
import { createContextStore } from "../../src/store/contexts.ts";
import { createDeadLetterStore } from "../../src/store/dead-letters.ts";
import { createDraftStore } from "../../src/store/drafts.ts";
import { createPeopleStore } from "../../src/store/people.ts";
import { createPreviewReleases } from "../../src/store/preview-releases.ts";
import { createProfileStore } from "../../src/store/profiles.ts";
import { createReleaseStore } from "../../src/store/releases.ts";
import { createReplayStore } from "../../src/store/replays.ts";
import { createReviewStore } from "../../src/store/reviews.ts";
import { createVisitorDatabases } from "../../src/store/spread/databases.ts";
import { figuresOf } from "../../src/store/spread/figures.ts";
import { createVisitorMoves } from "../../src/store/spread/moves.ts";
import { createTokenStore } from "../../src/store/tokens.ts";
import { createVisitorStore } from "../../src/store/visitors.ts";
import { createWeightStore } from "../../src/store/weights.ts";

/** The admin API on real local D1 and KV, and a way to call it. */
export const operator = "operator-token-of-32-characters!".replace("!", "x");
export const bookshopOnly = "bookshop-token-of-32-characters!".replace("!", "x");

export const nowMs = 1_800_000_000_000;
export const previewSigner = createSigner("a secret of thirty-two characters", "preview");
export const signer = createSigner("a secret of thirty-two characters", "visit-link");

/** Two tokens of machines, as D1 would hold them: found by their whole text, for they are older than the format. */
const known: Readonly<Record<string, Grants>> = { [operator]: { "*": roles }, [bookshopOnly]: { bookshop: roles } };
const names: Readonly<Record<string, string>> = { [operator]: "operator", [bookshopOnly]: "bookseller" };

/** The doors of a deployment whose D1 holds nothing but those two. */
export const knownTokens = (more: Readonly<Record<string, Grants>> = {}): Doors => ({
  tokens: {
    open: async (token) => {
      const grants = new Map(Object.entries({ ...known, ...more })).get(token);
      if (grants === undefined) return fail("unknown");
      const name = names[token] ?? "somebody";
      const principal = { id: `token:${name}`, name, kind: "machine" as const, roles: grants };
      return ok({ principal, token: name, tokenHash: "", expiresAtMs: null });
    },
    reopen: async () => null,
  },
  sessions: { find: async () => null },
  access: null,
});

export function controlPorts(overrides: Partial<ControlPorts> = {}): ControlPorts {
  const profiles = createProfileStore({ kv: env.KV, db: env.VISITORS });
  const databases = createVisitorDatabases(env.VISITORS, new Map([["VISITORS_1", env.SPREAD_1]]), () => nowMs);
  return {
    doors: knownTokens(),
    tokens: createTokenStore(env.DB),
    people: createPeopleStore(env.DB),
    audit: createAuditStore(env.DB, sha256),
    replays: createReplayStore(env.DB),
    drafts: createDraftStore(env.DB),
    releases: createReleaseStore({ db: env.DB, kv: env.KV, now: () => nowMs }),
    reviews: createReviewStore(env.DB),
    contexts: createContextStore(env.DB),
    website: null,
    weights: createWeightStore(env.KV),
    databases: {
      moves: createVisitorMoves({ databases, now: () => nowMs, wait: async () => {} }),
      figures: (atMs) => figuresOf(databases, atMs),
      queues: 1,
    },
    deadLetters: { ...createDeadLetterStore(env.VISITORS), resend: async () => {} },
    findSite: async () => "bookshop" as SiteKey,
    identifyKey: async (site) => `key of ${site}`,
    visitors: visitorPorts(profiles, createVisitorStore(env.VISITORS), () => nowMs),
    previews: {
      keep: createPreviewReleases(env.KV).keep,
      sign: (claims) => previewSigner.sign(encodePreviewClaims(claims)),
      newVisitorId,
    },
    signVisit: (claims) => signer.sign(encodeVisitClaims(claims)),
    checkSelector,
    checkPolicy: policyCheck(false),
    digest: sha256,
    now: () => nowMs,
    report: () => {},
    ...overrides,
  };
}

interface Sent {
  readonly body?: unknown;
  readonly raw?: BodyInit;
  readonly headers?: Record<string, string>;
  readonly token?: string | null;
}

/** What an answer says: its status, headers and JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at any answer
  readonly json: any;
}

/** Whatever a test asks for: a successful answer is what the API's description promises. */
function holdToDescription(method: string, path: string, status: number, text: string): void {
  if (status < 200 || status > 299) return;
  const [address = ""] = path.split("?");
  const isHere = (pattern: string) => new RegExp(`^${pattern.replaceAll(/:\\w+/g, "[^/]+")}$`).test(address);
  const found = [...generalEndpoints, ...endpoints].find((one) => one.method === method && isHere(one.path));
  if (found === undefined) return;
  const { error } = found.wire.returns.safeParse(JSON.parse(text));
  if (error || status !== (found.wire.status ?? 200))
    throw new Error(
      `${method} ${path} answers ${status} ${text.slice(0, 500)}, which its description does not: ${error}`,
    );
}

export function caller(ports: ControlPorts = controlPorts()) {
  const app = createControl(ports);
  return async (
    method: string,
    path: string,
    { body, raw, headers = {}, token = operator }: Sent = {},
  ): Promise<Answer> => {
    const response = await app.request(`https://books.example${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(raw === undefined ? {} : { body: raw }),
    });
    const text = await response.text();
    holdToDescription(method, path, response.status, text);
    return { status: response.status, headers: response.headers, json: text === "" ? null : JSON.parse(text) };
  };
}

export const siteFile = (site = "bookshop", more: object = {}) => ({
  site,
  hosts: [`${site}.example`],
  origin: "https://origin.example",
  experiences: {
    hero: {
      kind: "rollout",
      routes: ["/"],
      variants: { on: { operations: [{ selector: "#hero h1", action: "setText", value: "Hello" }] } },
    },
  },
  ...more,
});
