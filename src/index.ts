import { Hono } from "hono";
import type { VisitorId } from "./core/ids.ts";
import type { Edge, Failure } from "./edge/edge.ts";
import { createExposureMemory } from "./edge/exposure-memory.ts";
import { handle } from "./edge/handle.ts";
import { createLiveSites } from "./edge/live.ts";
import { createOrigin } from "./edge/origin.ts";
import type { Env } from "./env.ts";
import { createSigner, encodeBase64Url } from "./http/signed.ts";
import { createEventQueue } from "./store/events-queue.ts";
import { createReleaseReader } from "./store/live-releases.ts";
import { createProfileStore } from "./store/profiles.ts";

/** What is built once per isolate. Nothing in it belongs to a request. */
type Shared = Omit<Edge, "later">;

const sharedParts = new WeakMap<Env, Shared>();

function sharedOf(env: Env): Shared {
  const known = sharedParts.get(env);
  if (known !== undefined) return known;
  const made = build(env);
  sharedParts.set(env, made);
  return made;
}

/** 132 random bits: nobody's by chance, and too many to guess. */
const newVisitorId = (): VisitorId =>
  encodeBase64Url(crypto.getRandomValues(new Uint8Array(17))).slice(0, 22) as VisitorId;

function build(env: Env): Shared {
  // biome-ignore lint/suspicious/noConsole: the log is where operators look: one structured line a failure
  const report = (failure: Failure) => console.error(JSON.stringify({ caramel: "failure", ...failure }));
  return {
    now: Date.now,
    newVisitorId,
    sites: createLiveSites({ reader: createReleaseReader({ kv: env.KV }), now: Date.now, report }),
    origin: createOrigin(),
    signer: env.VISIT_KEY === undefined ? null : createSigner(env.VISIT_KEY, "visit"),
    profiles: createProfileStore({ kv: env.KV, db: env.VISITORS }),
    events: createEventQueue(env.EVENTS),
    exposed: createExposureMemory(),
    report,
    fallbackOrigin: fallbackFinder(env.FALLBACK_ORIGIN),
    allowPrivateOrigins: env.ALLOW_PRIVATE_ORIGINS === "true",
  };
}

function fallbackFinder(text: string | undefined): Edge["fallbackOrigin"] {
  const origins: Record<string, unknown> = text === undefined ? {} : JSON.parse(text);
  return (host) => {
    const origin = Object.hasOwn(origins, host) ? origins[host] : origins["*"];
    return typeof origin === "string" ? origin : null;
  };
}

const app = new Hono<{ Bindings: Env }>();
app.all("*", ({ req, env, executionCtx }) =>
  handle(req.raw, { ...sharedOf(env), later: (work) => executionCtx.waitUntil(work) }),
);

export default {
  fetch: app.fetch,
} satisfies ExportedHandler<Env>;
