import { readdirSync, readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { basename, dirname } from "node:path";
import { Log, LogLevel, Miniflare } from "miniflare";
import { migrate, migrationsOf } from "../../src/cli/local/migrations.ts";
import { workerFile } from "../../src/cli/local/root.ts";
import { bindings, deadConsumer, eventsConsumer, runtime } from "../../src/cli/local/worker.ts";
import { liveValues, threeExperiences } from "../page/caramel.ts";

export const visitKey = "only-for-the-benchmark-0123456789";
export const site = "bookshop";

/** Miniflare's imitation of the platform's limiter takes ten times the processor time of everything else; without it each isolate counts. */
const { VISITOR_LIMIT: _, SOURCE_LIMIT: __, ...stores } = bindings;

/** The built Worker on workerd with real local D1, KV and queue, as `npm start` runs it but for the limiter. */
export interface Deployment {
  readonly port: number;
  /** Processor time of workerd so far, nanoseconds. */
  readonly cpuNs: () => number;
  /** Rows of a table of the site's visitors. */
  readonly count: (table: string) => Promise<number>;
  /** What the profiles have counted of an event. */
  readonly counted: (event: string) => Promise<number>;
  readonly stop: () => Promise<void>;
}

export async function startDeployment(originUrl: string): Promise<Deployment> {
  const port = await freePort();
  const before = new Set(children());
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    log: new Log(LogLevel.ERROR),
    cf: false,
    enableDevRegistry: false,
    telemetry: { enabled: false },
    workers: [
      {
        config: {
          name: "caramel",
          ...runtime,
          manifest: {
            mainModule: basename(workerFile),
            modulesRoot: dirname(workerFile),
            modules: { [basename(workerFile)]: { type: "esm", contents: readFileSync(workerFile, "utf8") } },
          },
          triggers: [eventsConsumer, deadConsumer],
          env: {
            ...stores,
            VISIT_KEY: { type: "text", value: visitKey },
            ALLOW_PRIVATE_ORIGINS: { type: "text", value: "true" },
          },
        },
        dev: {
          unsafeDirectSockets: [{ host: "127.0.0.1", port }],
          stripCfConnectingIp: false,
          unsafeRegisterWorker: false,
        },
      },
    ],
  });
  await miniflare.ready;
  const workerd = children().filter((pid) => !before.has(pid));
  const visitors = await miniflare.getD1Database("VISITORS");
  await migrate(await miniflare.getD1Database("DB"), await migrationsOf("db"));
  await migrate(visitors, await migrationsOf("visitors"));
  const kv = await miniflare.getKVNamespace("KV");
  const values = await liveValues({ site, hosts: ["*"], origin: originUrl, experiences: threeExperiences });
  for (const [key, value] of Object.entries(values)) await kv.put(key, value);
  const number = async (sql: string, ...bound: string[]) =>
    (await visitors
      .prepare(sql)
      .bind(...bound)
      .first<number>("count")) ?? 0;
  return {
    port,
    cpuNs: () => workerd.reduce((sum, pid) => sum + cpuNsOf(pid), 0),
    count: (table) => number(`SELECT count(*) AS count FROM ${table} WHERE site = ?`, site),
    counted: (event) =>
      number(`SELECT sum(profile ->> ?) AS count FROM profiles WHERE site = ?`, `$.events.${event}.count`, site),
    stop: () => miniflare.dispose(),
  };
}

/** Processes that this one has started. */
function children(): number[] {
  return readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
}

/** Nanoseconds on a processor, of every thread: Linux's schedstat. */
function cpuNsOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.reduce(
    (sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]),
    0,
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
