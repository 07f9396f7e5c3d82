import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** The runtime that miniflare brings along; its package puts the platform's binary here. */
const workerd = join(import.meta.dirname, "../../node_modules/workerd/bin/workerd");

/** A Worker as plain workerd runs it: no miniflare, no wrangler, no proxy in front. */
export interface WorkerFile {
  readonly name: string;
  readonly code: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Values of the KV namespace `KV`, beside which there is the queue `EVENTS`; `null` for a Worker without stores. */
  readonly kv: Readonly<Record<string, string>> | null;
}

/** A running workerd of its own, so that what it costs is nobody else's. */
export interface RunningWorker {
  readonly port: number;
  /** Processor time of all its threads so far. */
  readonly cpuNs: () => number;
  readonly stop: () => void;
}

export async function startWorkerd(worker: WorkerFile, storesCode: string, folder: string): Promise<RunningWorker> {
  const port = await freePort();
  const home = join(folder, String(port));
  await mkdir(home, { recursive: true });
  await writeFile(join(home, "worker.js"), worker.code);
  await writeFile(join(home, "stores.js"), storesCode);
  await writeFile(join(home, "config.capnp"), configOf(worker, port));
  const child = spawn(workerd, ["serve", join(home, "config.capnp"), "config"], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  const stop = () => void child.kill("SIGKILL");
  process.once("exit", stop);
  await untilListening(port, child);
  return { port, cpuNs: () => cpuNsOf(child.pid ?? 0), stop };
}

const text = (value: string): string =>
  `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;

function configOf({ settings, kv }: WorkerFile, port: number): string {
  const variables = Object.entries(settings).map(([name, value]) => `(name = ${text(name)}, text = ${text(value)})`);
  const stores = ['(name = "KV", kvNamespace = "stores")', '(name = "EVENTS", queue = "stores")'];
  const bindings = kv === null ? variables : [...variables, ...stores];
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "stores", worker = .stores),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-10-20",
  bindings = [${bindings.join(", ")}],
);
const stores :Workerd.Worker = (
  modules = [(name = "stores.js", esModule = embed "stores.js")],
  compatibilityDate = "2026-10-20",
  bindings = [(name = "VALUES", text = ${text(JSON.stringify(kv ?? {}))})],
);
`;
}

/** Nanoseconds on a processor, of every thread that lives: Linux's schedstat. A thread that ended is forgotten, but none does. */
function cpuNsOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.reduce((sum, thread) => sum + ranNs(`/proc/${pid}/task/${thread}/schedstat`), 0);
}

const ranNs = (path: string): number => Number(readFileSync(path, "utf8").split(" ")[0]);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`workerd ended with ${child.exitCode}`);
    if (await isListening(port)) return;
    await sleep(50);
  }
  throw new Error("workerd did not come up in ten seconds");
}

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true));
    socket.on("error", () => resolve(false)).on("connect", () => socket.destroy());
  });
