import { type Context, Hono } from "hono";
import { consume } from "./collect/consume.ts";
import { createControl } from "./control/control.ts";
import { type HealthPorts, health } from "./control/health.ts";
import { policyCheck } from "./control/policy.ts";
import type { ControlPorts } from "./control/ports.ts";
import { checkSelector } from "./control/selector.ts";
import { sha256 } from "./control/sha256.ts";
import { visitorPorts } from "./control/stores.ts";
import { createAuthenticator, operatorToken } from "./control/tokens.ts";
import type { VisitorId } from "./core/ids.ts";
import { encodeVisitClaims } from "./core/visit-link.ts";
import type { Edge } from "./edge/edge.ts";
import { createExposureMemory } from "./edge/exposure-memory.ts";
import { handle } from "./edge/handle.ts";
import { createLiveSites } from "./edge/live.ts";
import { ofrep } from "./edge/ofrep/door.ts";
import { createOrigin } from "./edge/origin.ts";
import { createWatch, type Watch } from "./edge/watch.ts";
import type { Env } from "./env.ts";
import { createDerivedSigner } from "./http/derived-signer.ts";
import { createSigner, encodeBase64Url, type Signer } from "./http/signed.ts";
import { urlParts } from "./http/url-parts.ts";
import { makeAbsences } from "./jobs/absences.ts";
import { createAwaitedStore } from "./store/awaited.ts";
import { createDraftStore } from "./store/drafts.ts";
import { createEventQueue } from "./store/events-queue.ts";
import { createReleaseReader } from "./store/live-releases.ts";
import { createProfileStore } from "./store/profiles.ts";
import { createReleaseStore } from "./store/releases.ts";
import { createKnowledge, type KnowledgeOf } from "./store/site-knowledge.ts";
import { createVisitorStore } from "./store/visitors.ts";

/** What is built once per isolate. Nothing in it belongs to a request. */
interface Parts {
  readonly edge: Omit<Edge, "later">;
  /** The admin API, at its address. */
  readonly control: Hono;
  readonly health: HealthPorts;
  readonly watch: Watch;
  /** What each site's live release asks of those who take its events in. */
  readonly knowledgeOf: KnowledgeOf;
}

const builtParts = new WeakMap<Env, Parts>();

function partsOf(env: Env): Parts {
  const known = builtParts.get(env);
  if (known !== undefined) return known;
  const watch = watchFor(env);
  const edge = edgeParts(env, watch);
  const control = new Hono().route("/_caramel/api/v1", createControl(controlParts(env, watch)));
  const knowledgeOf = createKnowledge(createReleaseReader({ kv: env.KV }), Date.now);
  const made = { edge, control, health: healthParts(env, edge), watch, knowledgeOf };
  builtParts.set(env, made);
  return made;
}

function edgeParts(env: Env, { report, telemetry }: Watch): Parts["edge"] {
  return {
    now: Date.now,
    newVisitorId,
    newEventId,
    sites: createLiveSites({ reader: createReleaseReader({ kv: env.KV }), now: Date.now, report }),
    origin: createOrigin({
      onFailure: (failure, url) => report({ stage: "origin", site: urlParts(url).host, what: failure }),
    }),
    signer: signerFor(env, "visit"),
    linkSigner: signerFor(env, "visit-link"),
    decisionsSigner: signerFor(env, "decisions", createDerivedSigner),
    profiles: createProfileStore({ kv: env.KV, db: env.VISITORS }),
    events: createEventQueue(env.EVENTS),
    exposed: createExposureMemory(),
    report,
    telemetry,
    fallbackOrigin: fallbackFinder(env.FALLBACK_ORIGIN),
    allowPrivateOrigins: env.ALLOW_PRIVATE_ORIGINS === "true",
  };
}

function controlParts(env: Env, { report }: Watch): ControlPorts {
  const profiles = createProfileStore({ kv: env.KV, db: env.VISITORS });
  const links = signerFor(env, "visit-link");
  return {
    authenticate: createAuthenticator(() => operatorToken(env.ADMIN_TOKEN, sha256), sha256),
    drafts: createDraftStore(env.DB),
    releases: createReleaseStore({ db: env.DB, kv: env.KV }),
    findSite: (host) => createReleaseReader({ kv: env.KV }).findSite(host),
    visitors: visitorPorts(profiles, createVisitorStore(env.VISITORS), Date.now),
    signVisit: async (claims) => {
      if (links === null) throw new Error("VISIT_KEY is not set: nothing can be signed");
      return links.sign(encodeVisitClaims(claims));
    },
    checkSelector,
    checkPolicy: policyCheck(env.ALLOW_PRIVATE_ORIGINS === "true"),
    digest: sha256,
    now: Date.now,
    report: (error, request) =>
      report({ stage: "control", site: urlParts(request.url).host, what: `${request.method} ${error}` }),
  };
}

const healthParts = (env: Env, edge: Parts["edge"]): HealthPorts => ({
  live: async (host) => {
    const live = await edge.sites.find(host);
    return typeof live === "string" ? null : { ...live.pointer, checkedAtMs: live.checkedAtMs };
  },
  dependencies: {
    kv: () => env.KV.get("health"),
    configuration: () => env.DB.prepare("SELECT 1").first(),
    visitors: () => env.VISITORS.prepare("SELECT 1").first(),
  },
  now: Date.now,
});

const signerFor = ({ VISIT_KEY }: Env, purpose: string, create = createSigner): Signer | null =>
  VISIT_KEY === undefined || VISIT_KEY.length < 32 ? null : create(VISIT_KEY, purpose);

/** 132 random bits: nobody's by chance, and too many to guess. */
const newVisitorId = (): VisitorId =>
  encodeBase64Url(crypto.getRandomValues(new Uint8Array(17))).slice(0, 22) as VisitorId;

/** 72 random bits: unique among a visitor's events, which is all that the ledger asks of it. */
const newEventId = (): string => encodeBase64Url(crypto.getRandomValues(new Uint8Array(9)));

/** Lines go where `wrangler tail` and the dashboard's logs show them, counts to Analytics Engine. */
const watchFor = ({ TELEMETRY }: Env): Watch =>
  createWatch({
    now: Date.now,
    // biome-ignore lint/suspicious/noConsole: the log is where operators look
    writeLine: (line) => console.error(JSON.stringify(line)),
    writePoint: (point) => TELEMETRY?.writeDataPoint(point),
  });

function fallbackFinder(text: string | undefined): Edge["fallbackOrigin"] {
  const origins: Record<string, unknown> = text === undefined ? {} : JSON.parse(text);
  return (host) => {
    const origin = Object.hasOwn(origins, host) ? origins[host] : origins["*"];
    return typeof origin === "string" ? origin : null;
  };
}

type Here = { Bindings: Env };

/** The edge as one request has it. */
const edgeOf = ({ env, executionCtx }: Context<Here>): Edge => ({
  ...partsOf(env).edge,
  later: (work) => executionCtx.waitUntil(work),
});

/** Everything arrives here: what is ours below `/_caramel/`, and the site's pages. */
const app = new Hono<Here>();
app.all("/_caramel/ofrep/*", (c) => ofrep(c.req.raw, edgeOf(c)));
app.get("/_caramel/health", ({ req, env }) => health(urlParts(req.url).host, partsOf(env).health));
app.all("/_caramel/api/v1/*", ({ req, env }) => partsOf(env).control.fetch(req.raw));
app.all("/_caramel/*", () => new Response("Not found", { status: 404 }));
app.all("*", (c) => handle(c.req.raw, edgeOf(c)));

export default {
  fetch: app.fetch,
  queue: async (batch, env) => {
    await consume(
      batch.messages,
      {
        visitors: createVisitorStore(env.VISITORS),
        profiles: createProfileStore({ kv: env.KV, db: env.VISITORS }),
        knowledgeOf: partsOf(env).knowledgeOf,
        rejected: ({ id, reasons }) =>
          partsOf(env).watch.report({ stage: "consume", site: "", what: `${id}: ${reasons.join("; ")}` }),
        failed: (error) => partsOf(env).watch.report({ stage: "consume", site: "", what: String(error) }),
      },
      Date.now(),
    );
  },
  scheduled: async (_, env) => {
    const { knowledgeOf, edge } = partsOf(env);
    const awaited = createAwaitedStore(env.VISITORS);
    await makeAbsences({ awaited, knowledgeOf, send: edge.events.send }, Date.now());
  },
} satisfies ExportedHandler<Env>;
