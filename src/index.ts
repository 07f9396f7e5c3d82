import { waitUntil } from "cloudflare:workers";
import { type Context, Hono } from "hono";
import { type HealthPorts, health } from "./control/health.ts";
import { asksForPreview } from "./core/preview-link.ts";
import { pageDoor } from "./edge/browser/door.ts";
import type { Edge } from "./edge/edge.ts";
import { createExposureMemory } from "./edge/exposure-memory.ts";
import { handle } from "./edge/handle.ts";
import { createLiveSites, type LiveSites } from "./edge/live.ts";
import { ofrep } from "./edge/ofrep/door.ts";
import { createOrigin } from "./edge/origin.ts";
import type { Previews } from "./edge/preview/preview.ts";
import { createWatch, type Watch } from "./edge/watch.ts";
import type { Env } from "./env.ts";
import { isControlHost } from "./http/control-host.ts";
import { createDerivedSigner } from "./http/derived-signer.ts";
import { newEventId, newVisitorId } from "./http/random-ids.ts";
import { urlParts } from "./http/url-parts.ts";
import { clientAddress, serveClient } from "./parts/client.ts";
import { eventQueues, moreDatabases } from "./parts/numbered.ts";
import { signerFor } from "./parts/signers.ts";
import { createEventQueue } from "./store/events-queue.ts";
import { createReleaseReader } from "./store/live-releases.ts";
import { createProfileCopies } from "./store/profile-copies.ts";

/** What is built once per isolate. Nothing in it belongs to a request. */
interface Parts {
  readonly edge: Omit<Edge, "later">;
  readonly watch: Watch;
  /** What pages do not need is evaluated when it is first asked for, so that a cold isolate starts quickly. */
  readonly control: () => Promise<Hono>;
  readonly collect: () => Promise<(request: Request) => Promise<Response>>;
  readonly previews: () => Promise<Previews>;
}

const builtParts = new WeakMap<Env, Parts>();

function partsOf(env: Env): Parts {
  const known = builtParts.get(env);
  if (known !== undefined) return known;
  const watch = watchFor(env);
  const edge = edgeParts(env, watch);
  const made = {
    edge,
    watch,
    control: once(async () => (await import("./parts/control.ts")).buildControl(env, watch)),
    collect: once(async () => (await import("./parts/collect.ts")).buildCollect(env, edge, watch)),
    previews: once(async () => (await import("./parts/preview.ts")).buildPreviews(env)),
  };
  builtParts.set(env, made);
  return made;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make();
    return made;
  };
}

function edgeParts(env: Env, { report, telemetry }: Watch): Parts["edge"] {
  return {
    now: Date.now,
    newVisitorId,
    newEventId,
    sites: liveSites(env, report),
    origin: createOrigin({
      onFailure: (failure, url) => report({ stage: "origin", site: urlParts(url).host, what: failure }),
    }),
    signer: signerFor(env, "visit"),
    consentSigner: signerFor(env, "consent"),
    linkSigner: signerFor(env, "visit-link"),
    exposureSigner: signerFor(env, "exposure"),
    decisionsSigner: signerFor(env, "decisions", createDerivedSigner),
    profiles: createProfileCopies(env.KV),
    events: createEventQueue(...eventQueues(env)),
    exposed: createExposureMemory(),
    report,
    telemetry,
    fallbackOrigin: fallbackFinder(env.FALLBACK_ORIGIN),
    client: clientAddress,
    allowPrivateOrigins: env.ALLOW_PRIVATE_ORIGINS === "true",
  };
}

/**
 * A look-up that ended with the request that began it would be waited for in vain by all that come after, for ten seconds:
 * so it goes on behind whatever request that is, a health check too.
 */
function liveSites(env: Env, report: Watch["report"]): LiveSites {
  const sites = createLiveSites({ reader: createReleaseReader({ kv: env.KV }), now: Date.now, report });
  return { find: (host, later = waitUntil) => sites.find(host, later) };
}

const healthParts = (env: Env, edge: Parts["edge"]): HealthPorts => ({
  live: async (host) => {
    const live = await edge.sites.find(host);
    return typeof live === "string" ? null : { ...live.pointer, checkedAtMs: live.checkedAtMs };
  },
  dependencies: {
    kv: () => env.KV.get("health"),
    configuration: () => env.DB.prepare("SELECT 1").first(),
    visitors: () =>
      Promise.all([env.VISITORS, ...moreDatabases(env).values()].map((db) => db.prepare("SELECT 1").first())),
  },
  now: Date.now,
});

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

/** The edge as one request has it. */
const edgeOf = (env: Env, context: Pick<ExecutionContext, "waitUntil">): Edge => ({
  ...partsOf(env).edge,
  later: (work) => context.waitUntil(work),
});

type Answer = (request: Request, edge: Edge) => Promise<Response>;

/** Answers as visitors get it, or as a preview shows it to whoever was given its link. */
async function show(answer: Answer, request: Request, env: Env, edge: Edge): Promise<Response> {
  if (!asksForPreview(request.url, request.headers.get("cookie"))) return answer(request, edge);
  const preview = await partsOf(env).previews();
  return preview(request, edge, answer);
}

type Here = { Bindings: Env };

const shown =
  (answer: Answer) =>
  ({ req, env, executionCtx }: Context<Here>): Promise<Response> =>
    show(answer, req.raw, env, edgeOf(env, executionCtx));

/** What is ours, below `/_caramel/`. */
const app = new Hono<Here>();
app.all("/_caramel/ofrep/*", shown(ofrep));
app.get("/_caramel/client.js", ({ req }) => serveClient(req.raw));
app.all("/_caramel/page", shown(pageDoor));
app.get("/_caramel/health", ({ req, env }) => health(urlParts(req.url).host, healthParts(env, partsOf(env).edge)));
const control = async ({ req, env }: Context<Here>) => (await partsOf(env).control()).fetch(req.raw);
for (const path of [
  "/_caramel",
  "/_caramel/",
  "/_caramel/api/*",
  "/_caramel/login",
  "/_caramel/logout",
  "/_caramel/static/*",
])
  app.all(path, control);
app.all("/_caramel/*", async ({ req, env }) => (await partsOf(env).collect())(req.raw));

const isOurs = (path: string): boolean => path === "/_caramel" || path.startsWith("/_caramel/");

/** At the control plane's own host there is no website. */
const isForPeople = (request: Request, { CONTROL_HOST }: Env): boolean =>
  CONTROL_HOST !== undefined && isControlHost(request, CONTROL_HOST) && !request.url.includes("/_caramel/health");

/** Everything arrives here. The site's pages do not go past a router: it would cost as much as deciding that there is nothing to do. */
async function arrive(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
  if (isForPeople(request, env)) return (await partsOf(env).control()).fetch(request);
  if (isOurs(urlParts(request.url).path)) return app.fetch(request, env, context);
  return show(handle, request, env, edgeOf(env, context));
}

export default {
  fetch: arrive,
  scheduled: async ({ cron, scheduledTime }, env) => {
    const { strike } = await import("./parts/clock.ts");
    await strike(cron, scheduledTime, env, partsOf(env).watch);
  },
  queue: async (batch, env) => {
    const { takeBatch } = await import("./parts/consume.ts");
    await takeBatch(batch, env, partsOf(env).watch);
  },
} satisfies ExportedHandler<Env>;
