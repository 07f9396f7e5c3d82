import { type Context, Hono } from "hono";
import { consume } from "./collect/consume.ts";
import type { VisitorId } from "./core/ids.ts";
import type { Edge, Failure } from "./edge/edge.ts";
import { createExposureMemory } from "./edge/exposure-memory.ts";
import { handle } from "./edge/handle.ts";
import { createLiveSites } from "./edge/live.ts";
import { ofrep } from "./edge/ofrep/door.ts";
import { createOrigin } from "./edge/origin.ts";
import type { Env } from "./env.ts";
import { createSigner, encodeBase64Url } from "./http/signed.ts";
import { createEventQueue } from "./store/events-queue.ts";
import { createReleaseReader } from "./store/live-releases.ts";
import { createProfileStore } from "./store/profiles.ts";
import { createVisitorStore } from "./store/visitors.ts";

/** What a page needs, built once per isolate. Nothing in it belongs to a request. */
type Shared = Omit<Edge, "later">;

const sharedParts = new WeakMap<Env, Shared>();

function sharedOf(env: Env): Shared {
  const known = sharedParts.get(env);
  if (known !== undefined) return known;
  const made = build(env);
  sharedParts.set(env, made);
  return made;
}

function build(env: Env): Shared {
  const report = (failure: Failure): void => log(env, failure);
  return {
    now: Date.now,
    newVisitorId,
    sites: createLiveSites({ reader: createReleaseReader({ kv: env.KV }), now: Date.now, report }),
    origin: createOrigin({
      onFailure: (failure, url) => report({ stage: "origin", site: new URL(url).host, what: failure }),
    }),
    signer: env.VISIT_KEY === undefined ? null : createSigner(env.VISIT_KEY, "visit"),
    profiles: createProfileStore({ kv: env.KV, db: env.VISITORS }),
    events: createEventQueue(env.EVENTS),
    exposed: createExposureMemory(),
    report,
    fallbackOrigin: fallbackFinder(env.FALLBACK_ORIGIN),
    allowPrivateOrigins: env.ALLOW_PRIVATE_ORIGINS === "true",
  };
}

/** 132 random bits: nobody's by chance, and too many to guess. */
const newVisitorId = (): VisitorId =>
  encodeBase64Url(crypto.getRandomValues(new Uint8Array(17))).slice(0, 22) as VisitorId;

/** One structured line a failure, where `wrangler tail` and the dashboard's logs show it, and a point to count it by. */
function log(env: Env, { stage, site, what }: Failure): void {
  // biome-ignore lint/suspicious/noConsole: the log is where operators look
  console.error(JSON.stringify({ caramel: "failure", stage, site, what }));
  env.TELEMETRY?.writeDataPoint({ indexes: [site], blobs: ["failure", stage, what.slice(0, 500)], doubles: [1] });
}

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
  ...sharedOf(env),
  later: (work) => executionCtx.waitUntil(work),
});

/** Everything arrives here: what is ours below `/_caramel/`, and the site's pages. */
const app = new Hono<Here>();
app.all("/_caramel/ofrep/*", (c) => ofrep(c.req.raw, edgeOf(c)));
app.all("*", (c) => handle(c.req.raw, edgeOf(c)));

export default {
  fetch: app.fetch,
  queue: async (batch, env) => {
    await consume(
      batch.messages,
      {
        visitors: createVisitorStore(env.VISITORS),
        profiles: createProfileStore({ kv: env.KV, db: env.VISITORS }),
        rejected: ({ id, reasons }) => log(env, { stage: "consume", site: "", what: `${id}: ${reasons.join("; ")}` }),
        failed: (error) => log(env, { stage: "consume", site: "", what: String(error) }),
      },
      Date.now(),
    );
  },
} satisfies ExportedHandler<Env>;
