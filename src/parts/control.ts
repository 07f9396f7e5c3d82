import { Hono } from "hono";
import { createControl } from "../control/control.ts";
import { policyCheck } from "../control/policy.ts";
import type { ControlPorts } from "../control/ports.ts";
import { checkSelector } from "../control/selector.ts";
import { sha256 } from "../control/sha256.ts";
import { visitorPorts } from "../control/stores.ts";
import { createAuthenticator, operatorToken } from "../control/tokens.ts";
import { encodePreviewClaims } from "../core/preview-link.ts";
import { encodeVisitClaims } from "../core/visit-link.ts";
import type { Watch } from "../edge/watch.ts";
import type { Env } from "../env.ts";
import { newVisitorId } from "../http/random-ids.ts";
import type { Signer } from "../http/signed.ts";
import { urlParts } from "../http/url-parts.ts";
import { createDraftStore } from "../store/drafts.ts";
import { createReleaseReader } from "../store/live-releases.ts";
import { createPreviewReleases } from "../store/preview-releases.ts";
import { createProfileStore } from "../store/profiles.ts";
import { createReleaseStore } from "../store/releases.ts";
import { createVisitorStore } from "../store/visitors.ts";
import { createWeightStore } from "../store/weights.ts";
import { signerFor } from "./signers.ts";
import { siteKeysFor } from "./site-keys.ts";

/** The admin API at its address. Evaluated only when somebody first calls it: pages do not pay for its start. */
export const buildControl = (env: Env, watch: Watch): Hono =>
  new Hono().route("/_caramel/api/v1", createControl(controlParts(env, watch)));

function controlParts(env: Env, { report }: Watch): ControlPorts {
  const profiles = createProfileStore({ kv: env.KV, db: env.VISITORS });
  const links = signerFor(env, "visit-link");
  const previews = signerFor(env, "preview");
  return {
    authenticate: createAuthenticator(() => operatorToken(env.ADMIN_TOKEN, sha256), sha256),
    drafts: createDraftStore(env.DB),
    releases: createReleaseStore({ db: env.DB, kv: env.KV }),
    weights: createWeightStore(env.KV),
    findSite: (host) => createReleaseReader({ kv: env.KV }).findSite(host),
    identifyKey: async (site) => siteKeysFor(env)?.keyOf(site) ?? null,
    visitors: visitorPorts(profiles, createVisitorStore(env.VISITORS), Date.now),
    previews: {
      keep: createPreviewReleases(env.KV).keep,
      sign: async (claims) => signed(previews, encodePreviewClaims(claims)),
      newVisitorId,
    },
    signVisit: async (claims) => signed(links, encodeVisitClaims(claims)),
    checkSelector,
    checkPolicy: policyCheck(env.ALLOW_PRIVATE_ORIGINS === "true"),
    digest: sha256,
    now: Date.now,
    report: (error, request) =>
      report({ stage: "control", site: urlParts(request.url).host, what: `${request.method} ${error}` }),
  };
}

function signed(signer: Signer | null, text: string): Promise<string> {
  if (signer === null) throw new Error("VISIT_KEY is not set: nothing can be signed");
  return signer.sign(text);
}
