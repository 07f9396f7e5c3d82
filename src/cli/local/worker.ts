import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Log, LogLevel, Miniflare, type MiniflareOptions } from "miniflare";
import { migrate, migrationsOf } from "./migrations.ts";
import { loopback } from "./ports.ts";
import { workerFile } from "./root.ts";
import type { Secrets } from "./secrets.ts";
import { withoutSignals } from "./signals.ts";

/** What the local Worker runs with. */
export interface LocalWorkerParts {
  readonly data: string;
  readonly port: number;
  readonly secrets: Secrets;
  /** By host, the origin that pages come from while no release can be had. */
  readonly fallbackOrigin: Readonly<Record<string, string>>;
  /** What the Worker logs and what befalls the runtime, for a person; one line a call. */
  readonly say: (line: string) => void;
}

/** The Worker, listening. */
export interface LocalWorker {
  /** Applies the migrations of both databases; resolves with the names applied now. */
  migrate(): Promise<string[]>;
  /** Waits for events on their way, a few seconds at most, and ends the runtime. */
  stop(): Promise<void>;
}

const drainDeadlineMs = 5_000;
const drainPollMs = 100;

/**
 * Starts the built Worker on workerd, with D1, KV and queue kept in the data directory.
 *
 * @throws when the runtime does not come up.
 */
export async function startWorker(parts: LocalWorkerParts): Promise<LocalWorker> {
  const options = optionsFor(parts, await readFile(workerFile, "utf8"));
  const miniflare = withoutSignals(() => new Miniflare(options));
  await miniflare.ready;
  const clock = setInterval(() => void tick(miniflare, parts.say), clockMs);
  return {
    async migrate() {
      const configuration = await migrate(await miniflare.getD1Database("DB"), await migrationsOf("db"));
      const visitors = await migrate(await miniflare.getD1Database("VISITORS"), await migrationsOf("visitors"));
      return [...configuration, ...visitors];
    },
    async stop() {
      clearInterval(clock);
      await drain(miniflare).catch((error: unknown) => parts.say(`events could not be awaited: ${error}`));
      await miniflare.dispose();
    },
  };
}

/** How often the local clock strikes; at each, what is due in production sometimes is done. Retention has its own at night. */
const clockMs = 5 * 60_000;

/** What Cloudflare does at these times; miniflare has no clock. As `wrangler.toml` says, which a test compares. */
export const crons = ["*/5 * * * *", "17 3 * * *"] as const;

async function tick(miniflare: Miniflare, say: (line: string) => void): Promise<void> {
  const [often, nightly] = crons;
  const now = new Date();
  const isNight = now.getUTCHours() === 3 && now.getUTCMinutes() >= 17 && now.getUTCMinutes() < 22;
  const worker = await miniflare.getWorker();
  for (const cron of isNight ? [often, nightly] : [often]) {
    await worker.scheduled({ cron, scheduledTime: now }).catch((error: unknown) => say(`warn: ${cron}: ${error}`));
  }
}

/** The local queue lives in memory, so what is still in it would be lost with the runtime. */
async function drain(miniflare: Miniflare): Promise<void> {
  const queue = await miniflare.getQueueProducer("EVENTS");
  const deadlineMs = Date.now() + drainDeadlineMs;
  while ((await queue.metrics()).backlogCount > 0 && Date.now() < deadlineMs) await sleep(drainPollMs);
  // The last batch left the queue a moment ago and may still be on its way into D1.
  await sleep(drainPollMs);
}

function sleep(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

function optionsFor({ data, port, secrets, fallbackOrigin, say }: LocalWorkerParts, code: string): MiniflareOptions {
  return {
    host: loopback,
    port: 0,
    resourcePersistencePath: join(data, "state"),
    log: new PlainLog(say),
    handleStructuredLogs: ({ level, message }) => say(`${level}: ${message}`),
    cf: false,
    enableDevRegistry: false,
    telemetry: { enabled: false },
    workers: [
      {
        config: { ...localWorkerConfig(code), env: { ...bindings, ...variables(secrets, fallbackOrigin) } },
        // Straight to the Worker: miniflare's own entry compresses, buffers and rewrites Accept-Encoding and Host.
        // Outbound requests keep the headers that the Worker gave them.
        dev: {
          unsafeDirectSockets: [{ host: loopback, port }],
          stripCfConnectingIp: false,
          unsafeRegisterWorker: false,
        },
      },
    ],
  };
}

/**
 * The same as `wrangler.toml` says, which a test compares: reading it through wrangler would cost every start two
 * seconds. Only the queue is quicker here, so that a person sees what a click did.
 */
export const bindings = {
  KV: { type: "kv", id: "KV" },
  DB: { type: "d1", id: "DB" },
  VISITORS: { type: "d1", id: "VISITORS" },
  EVENTS: { type: "queue", name: "events" },
  VISITOR_LIMIT: { type: "rate-limit", namespace: "7001", simple: { limit: 120, period: 60 } },
  SOURCE_LIMIT: { type: "rate-limit", namespace: "7002", simple: { limit: 1200, period: 60 } },
  LOGIN_LIMIT: { type: "rate-limit", namespace: "7003", simple: { limit: 10, period: 60 } },
  TELEMETRY: { type: "analytics-engine-dataset", name: "caramel" },
} as const;

export const eventsConsumer = {
  type: "queue",
  name: "events",
  maxBatchSize: 100,
  maxBatchTimeout: 1,
  maxRetries: 4,
  deadLetterQueue: "events-dead",
} as const;

export const deadConsumer = {
  type: "queue",
  name: "events-dead",
  maxBatchSize: 10,
  maxBatchTimeout: 5,
  maxRetries: 100,
} as const;

export const runtime = { compatibilityDate: "2026-10-20", compatibilityFlags: ["nodejs_compat"] };

function localWorkerConfig(code: string) {
  const mainModule = basename(workerFile);
  return {
    name: "caramel",
    ...runtime,
    manifest: {
      mainModule,
      modulesRoot: dirname(workerFile),
      modules: { [mainModule]: { type: "esm" as const, contents: code } },
    },
    triggers: [eventsConsumer, deadConsumer],
  };
}

function variables(secrets: Secrets, fallbackOrigin: Readonly<Record<string, string>>) {
  return {
    VISIT_KEY: { type: "text" as const, value: secrets.VISIT_KEY },
    ADMIN_TOKEN: { type: "text" as const, value: secrets.ADMIN_TOKEN },
    FALLBACK_ORIGIN: { type: "text" as const, value: JSON.stringify(fallbackOrigin) },
    ALLOW_PRIVATE_ORIGINS: { type: "text" as const, value: "true" },
  };
}

/** Miniflare's own warnings and errors, a crash of the runtime among them, without its colours and banner. */
class PlainLog extends Log {
  readonly #say: (line: string) => void;

  constructor(say: (line: string) => void) {
    super(LogLevel.WARN);
    this.#say = say;
  }

  override warn(message: string): void {
    this.#say(`warn: ${message}`);
  }

  override error(error: Error): void {
    this.#say(`error: ${error.message}`);
  }
}
