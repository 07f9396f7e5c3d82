import { collect } from "../collect/door.ts";
import { callLimits } from "../collect/limits.ts";
import type { CollectPorts } from "../collect/ports.ts";
import { createLimiter } from "../collect/rate-limit.ts";
import { mayDo } from "../control/access.ts";
import { sha256 } from "../control/sha256.ts";
import { createAuthenticator, operatorToken } from "../control/tokens.ts";
import type { Edge } from "../edge/edge.ts";
import type { Watch } from "../edge/watch.ts";
import type { Env } from "../env.ts";
import { createIdentityStore } from "../store/identities.ts";
import { createPrivacyStore } from "../store/privacy.ts";
import { createProfileStore } from "../store/profiles.ts";
import { signerFor } from "./signers.ts";
import { siteKeysFor } from "./site-keys.ts";

/** What visitors, their pages and the site's servers call. */
export function buildCollect(
  env: Env,
  edge: Omit<Edge, "later">,
  watch: Watch,
): (request: Request) => Promise<Response> {
  const ports = collectParts(env, edge, watch);
  return (request) => collect(request, ports);
}

function collectParts(
  env: Env,
  { events, newVisitorId: newId, now, signer, sites }: Omit<Edge, "later">,
  { report }: Watch,
): CollectPorts {
  const profiles = createProfileStore({ kv: env.KV, db: env.VISITORS });
  const consent = signerFor(env, "consent");
  const authenticate = createAuthenticator(() => operatorToken(env.ADMIN_TOKEN, sha256), sha256);
  const { periodSeconds, source, visitor } = callLimits;
  return {
    now,
    newVisitorId: newId,
    site: async (host) => {
      const live = await sites.find(host);
      return typeof live === "string" ? live : live.compiled.release.content;
    },
    signers: signer === null || consent === null ? null : { visit: signer, consent },
    send: events.send,
    perVisitor: createLimiter(env.VISITOR_LIMIT, visitor, periodSeconds, now),
    perSource: createLimiter(env.SOURCE_LIMIT, source, periodSeconds, now),
    isIngestToken: async (token, site) => {
      const principal = await authenticate(token);
      return principal !== null && mayDo(principal, "ingest", site);
    },
    identities: createIdentityStore(env.VISITORS),
    privacy: createPrivacyStore(env.VISITORS, profiles),
    setTraits: (who, site, traits) => profiles.setTraits(who, site, traits, now()),
    identifyKeys: siteKeysFor(env),
    report: (failure) => report({ stage: "collect", ...failure }),
  };
}
