import { Hono } from "hono";
import { createLimiter } from "../collect/rate-limit.ts";
import { protect } from "../control/browser-headers.ts";
import { createControl } from "../control/control.ts";
import { createFront } from "../control/front.ts";
import { loginLimit } from "../control/login-limit.ts";
import { createApiDescription } from "../control/openapi/routes.ts";
import { policyCheck } from "../control/policy.ts";
import type { ControlPorts } from "../control/ports.ts";
import type { Doors } from "../control/recognise.ts";
import { refuse } from "../control/refusal.ts";
import { checkSelector } from "../control/selector.ts";
import { sha256 } from "../control/sha256.ts";
import { visitorPorts } from "../control/stores.ts";
import { encodePreviewClaims } from "../core/preview-link.ts";
import { encodeVisitClaims } from "../core/visit-link.ts";
import type { Watch } from "../edge/watch.ts";
import type { Env } from "../env.ts";
import { isControlHost } from "../http/control-host.ts";
import { newVisitorId } from "../http/random-ids.ts";
import type { Signer } from "../http/signed.ts";
import { urlParts } from "../http/url-parts.ts";
import { createAuditStore } from "../store/audit.ts";
import { createContextStore } from "../store/contexts.ts";
import { createDeadLetterStore } from "../store/dead-letters.ts";
import { createDraftStore } from "../store/drafts.ts";
import { createResender } from "../store/events-queue.ts";
import { createReleaseReader } from "../store/live-releases.ts";
import { createPeopleStore } from "../store/people.ts";
import { createPreviewReleases } from "../store/preview-releases.ts";
import { createReleaseStore } from "../store/releases.ts";
import { createReplayStore } from "../store/replays.ts";
import { createReviewStore } from "../store/reviews.ts";
import { figuresOf } from "../store/spread/figures.ts";
import { createTokenStore } from "../store/tokens.ts";
import { createWeightStore } from "../store/weights.ts";
import { accessFor, sessionsFor } from "./doors.ts";
import { movesFor } from "./moves.ts";
import { eventQueues } from "./numbered.ts";
import { signerFor } from "./signers.ts";
import { siteKeysFor } from "./site-keys.ts";
import { tokenDoorFor } from "./token-door.ts";
import { visitorStoresFor } from "./visitor-stores.ts";

/**
 * The admin API and the pages for people at their addresses. Evaluated only when somebody first calls: pages do not pay for
 * its start. With a host of its own there is nothing of it on the sites' hosts.
 */
export function buildControl(env: Env, watch: Watch): Hono {
  const { CONTROL_HOST } = env;
  const tokens = tokenDoorFor(env);
  const sessions = sessionsFor(env, tokens);
  const ports = controlParts(env, watch, { tokens, sessions: sessions ?? noSessions, access: accessFor(env) });
  const mayTry = createLimiter(env.LOGIN_LIMIT, loginLimit.tries, loginLimit.periodSeconds, Date.now);
  const app = new Hono();
  app.use("*", async (context, next) => {
    if (CONTROL_HOST !== undefined && !isControlHost(context.req.raw, CONTROL_HOST)) context.res = nothingHere();
    else await next();
    protect(context.res, CONTROL_HOST !== undefined);
  });
  app.route("/_caramel/api/v1", createControl(ports));
  app.route("/_caramel", createApiDescription());
  app.route("/", createFront({ ...ports, sessions, mayTry }));
  app.get("/", (context) => context.redirect("/_caramel/"));
  app.get("/_caramel", (context) => context.redirect("/_caramel/"));
  app.all("*", nothingHere);
  return app;
}

const noSessions = { find: async () => null };

/** The same words for whatever is not there, and for what is there on another host. */
const nothingHere = (): Response => refuse({ kind: "not_found", what: "There is nothing at this address." });

function controlParts(env: Env, { report }: Watch, doors: Doors): ControlPorts {
  const { databases, profiles, visitors } = visitorStoresFor(env);
  const queues = eventQueues(env);
  const links = signerFor(env, "visit-link");
  const previews = signerFor(env, "preview");
  return {
    doors,
    tokens: createTokenStore(env.DB),
    people: createPeopleStore(env.DB),
    audit: createAuditStore(env.DB, sha256),
    replays: createReplayStore(env.DB),
    drafts: createDraftStore(env.DB),
    releases: createReleaseStore({ db: env.DB, kv: env.KV }),
    reviews: createReviewStore(env.DB),
    contexts: createContextStore(env.DB),
    website: { fetch: (request) => fetch(request), allowPrivate: env.ALLOW_PRIVATE_ORIGINS === "true" },
    weights: createWeightStore(env.KV),
    databases: {
      moves: movesFor(databases),
      figures: (nowMs) => figuresOf(databases, nowMs),
      queues: queues.length,
    },
    deadLetters: { ...createDeadLetterStore(databases.first), resend: createResender(...queues) },
    findSite: (host) => createReleaseReader({ kv: env.KV }).findSite(host),
    identifyKey: async (site) => siteKeysFor(env)?.keyOf(site) ?? null,
    visitors: visitorPorts(profiles, visitors, Date.now),
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
