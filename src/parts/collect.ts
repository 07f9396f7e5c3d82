import { collect } from "../collect/door.ts";
import { callLimits } from "../collect/limits.ts";
import type { CollectPorts } from "../collect/ports.ts";
import { createLimiter } from "../collect/rate-limit.ts";
import { mayDo } from "../control/access.ts";
import type { Edge } from "../edge/edge.ts";
import type { Watch } from "../edge/watch.ts";
import type { Env } from "../env.ts";
import { signerFor } from "./signers.ts";
import { siteKeysFor } from "./site-keys.ts";
import { tokenDoorFor } from "./token-door.ts";
import { visitorStoresFor } from "./visitor-stores.ts";

/** What visitors, their pages and the site's servers call. */
export function buildCollect(
  env: Env,
  edge: Omit<Edge, "later">,
  watch: Watch,
): (request: Request) => Promise<Response> {
  const ports = collectParts(env, edge, watch);
  return (request) => collect(request, ports);
}

const nothing: ReadonlySet<string> = new Set();

function collectParts(
  env: Env,
  { events, newVisitorId: newId, now, signer, sites }: Omit<Edge, "later">,
  { report }: Watch,
): CollectPorts {
  const { identities, privacy, profiles } = visitorStoresFor(env);
  const consent = signerFor(env, "consent");
  const tokens = tokenDoorFor(env);
  const { periodSeconds, source, visitor } = callLimits;
  return {
    now,
    newVisitorId: newId,
    site: async (host) => {
      const live = await sites.find(host);
      return typeof live === "string" ? live : live.compiled.release.content;
    },
    carriedEvents: async (host) => {
      const live = await sites.find(host);
      return typeof live === "string" ? nothing : live.compiled.storedReads.events;
    },
    signers: signer === null || consent === null ? null : { visit: signer, consent },
    send: events.send,
    perVisitor: createLimiter(env.VISITOR_LIMIT, visitor, periodSeconds, now),
    perSource: createLimiter(env.SOURCE_LIMIT, source, periodSeconds, now),
    isIngestToken: async (token, site) => {
      const holder = await tokens.open(token);
      return holder.ok && mayDo(holder.value.principal, "ingest", site);
    },
    identities,
    privacy,
    setTraits: (who, site, traits) => profiles.setTraits(who, site, traits, now()),
    identifyKeys: siteKeysFor(env),
    report: (failure) => report({ stage: "collect", ...failure }),
  };
}
