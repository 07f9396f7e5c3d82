import { env } from "cloudflare:workers";
import { type Grants, roles } from "../../src/control/access.ts";
import { createControl } from "../../src/control/control.ts";
import { policyCheck } from "../../src/control/policy.ts";
import type { ControlPorts } from "../../src/control/ports.ts";
import { checkSelector } from "../../src/control/selector.ts";
import { sha256 } from "../../src/control/sha256.ts";
import { visitorPorts } from "../../src/control/stores.ts";
import { createAuthenticator } from "../../src/control/tokens.ts";
import type { SiteKey } from "../../src/core/ids.ts";
import { encodePreviewClaims } from "../../src/core/preview-link.ts";
import { encodeVisitClaims } from "../../src/core/visit-link.ts";
import { newVisitorId } from "../../src/http/random-ids.ts";
import { createSigner } from "../../src/http/signed.ts";
import { createDraftStore } from "../../src/store/drafts.ts";
import { createPreviewReleases } from "../../src/store/preview-releases.ts";
import { createProfileStore } from "../../src/store/profiles.ts";
import { createReleaseStore } from "../../src/store/releases.ts";
import { createVisitorStore } from "../../src/store/visitors.ts";
import { createWeightStore } from "../../src/store/weights.ts";

/** The admin API on real local D1 and KV, and a way to call it. */
export const operator = "operator-token-of-32-characters!".replace("!", "x");
export const bookshopOnly = "bookshop-token-of-32-characters!".replace("!", "x");

export const nowMs = 1_800_000_000_000;
export const previewSigner = createSigner("a secret of thirty-two characters", "preview");
export const signer = createSigner("a secret of thirty-two characters", "visit-link");

const tokenOf = async (token: string, name: string, grants: Grants) => ({
  principal: { id: `token:${name}`, name, kind: "machine" as const, roles: grants },
  sha256: await sha256(token),
});

export function controlPorts(overrides: Partial<ControlPorts> = {}): ControlPorts {
  const profiles = createProfileStore({ kv: env.KV, db: env.VISITORS });
  const tokens = async () => [
    await tokenOf(operator, "operator", { "*": roles }),
    await tokenOf(bookshopOnly, "bookseller", { bookshop: roles }),
  ];
  return {
    authenticate: createAuthenticator(tokens, sha256),
    drafts: createDraftStore(env.DB),
    releases: createReleaseStore({ db: env.DB, kv: env.KV, now: () => nowMs }),
    weights: createWeightStore(env.KV),
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
