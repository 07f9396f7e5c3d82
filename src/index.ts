import type { Hono } from "hono";
import { type HealthPorts, health } from "./control/health.ts";
import { asksForPreview } from "./core/preview-link.ts";
import type { Edge } from "./edge/edge.ts";
import { createExposureMemory } from "./edge/exposure-memory.ts";
import { handle } from "./edge/handle.ts";
import { createLiveSites } from "./edge/live.ts";
import { ofrep } from "./edge/ofrep/door.ts";
import { createOrigin } from "./edge/origin.ts";
import type { Previews } from "./edge/preview/preview.ts";
import { createWatch, type Watch } from "./edge/watch.ts";
import type { Env } from "./env.ts";
import { createDerivedSigner } from "./http/derived-signer.ts";
import { newEventId, newVisitorId } from "./http/random-ids.ts";
import { urlParts } from "./http/url-parts.ts";
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
    sites: createLiveSites({ reader: createReleaseReader({ kv: env.KV }), now: Date.now, report }),
    origin: createOrigin({
      onFailure: (failure, url) => report({ stage: "origin", site: urlParts(url).host, what: failure }),
    }),
    signer: signerFor(env, "visit"),
    consentSigner: signerFor(env, "consent"),
    linkSigner: signerFor(env, "visit-link"),
    decisionsSigner: signerFor(env, "decisions", createDerivedSigner),
    profiles: createProfileCopies(env.KV),
    events: createEventQueue(env.EVENTS),
    exposed: createExposureMemory(),
    report,
    telemetry,
    fallbackOrigin: fallbackFinder(env.FALLBACK_ORIGIN),
    allowPrivateOrigins: env.ALLOW_PRIVATE_ORIGINS === "true",
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
const edgeOf = (env: Env, context: ExecutionContext): Edge => ({
  ...partsOf(env).edge,
  later: (work) => context.waitUntil(work),
});

type Answer = (request: Request, edge: Edge) => Promise<Response>;

/** As visitors get it, or as a preview shows it to whoever was given its link. */
async function shown(answer: Answer, request: Request, env: Env, edge: Edge): Promise<Response> {
  if (!asksForPreview(request.url, request.headers.get("cookie"))) return answer(request, edge);
  const preview = await partsOf(env).previews();
  return preview(request, edge, answer);
}

/** What is ours. Everything else is the site's, and goes past this: a page does not wait for a router. */
const ours = "/_caramel";

const isBelow = (path: string, folder: string): boolean =>
  path.startsWith(folder) && (path.length === folder.length || path[folder.length] === "/");

/** Answers what is asked for below `ours`. */
async function answerOurs(path: string, request: Request, env: Env, edge: Edge): Promise<Response> {
  if (isBelow(path, "/_caramel/ofrep")) return shown(ofrep, request, env, edge);
  if (path === "/_caramel/health" && (request.method === "GET" || request.method === "HEAD"))
    return answerHealth(request, env);
  if (isBelow(path, "/_caramel/api/v1")) return (await partsOf(env).control()).fetch(request);
  return (await partsOf(env).collect())(request);
}

async function answerHealth(request: Request, env: Env): Promise<Response> {
  const answer = await health(urlParts(request.url).host, healthParts(env, partsOf(env).edge));
  return request.method === "HEAD" ? new Response(null, answer) : answer;
}

/** Everything arrives here. */
function arrive(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
  const edge = edgeOf(env, context);
  const { path } = urlParts(request.url);
  if (isBelow(path, ours)) return answerOurs(path, request, env, edge);
  return shown(handle, request, env, edge);
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
