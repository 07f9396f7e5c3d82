import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";

/** `workerd`: the bare runtime. `miniflare`: with its own Worker between ours and the origin, as `npm start` has it. */
export type Runtime = "workerd" | "miniflare";

export interface RunningProxy {
  readonly port: number;
  close(): Promise<void>;
}

export const passThroughWorker = join(import.meta.dirname, "pass-through-worker.ts");

const compatibilityDate = "2026-10-20";

/** Builds a Worker and puts it before an origin. `entry` is a module whose default export reads `env.ORIGIN`. */
export async function startProxy(runtime: Runtime, entry: string, origin: string): Promise<RunningProxy> {
  const script = await bundle(entry);
  return runtime === "workerd" ? onWorkerd(script, origin) : onMiniflare(script, origin);
}

async function bundle(entry: string): Promise<string> {
  const built = await build({
    entryPoints: [entry],
    bundle: true,
    format: "esm",
    target: "es2024",
    write: false,
    external: ["cloudflare:*", "node:*"],
  });
  return built.outputFiles[0]?.text ?? "";
}

async function onMiniflare(script: string, origin: string): Promise<RunningProxy> {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script,
      compatibilityDate,
      bindings: { ORIGIN: origin },
      // Past miniflare's own entry Worker, which re-parses and compresses.
      unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
    }),
  );
  const url = await miniflare.unsafeGetDirectURL();
  return { port: Number(url.port), close: () => miniflare.dispose() };
}

async function onWorkerd(script: string, origin: string): Promise<RunningProxy> {
  const folder = await mkdtemp(join(tmpdir(), "hostile-origin-"));
  await writeFile(join(folder, "worker.js"), script);
  await writeFile(join(folder, "config.capnp"), workerdConfig(origin));
  const path: string = createRequire(import.meta.url)("workerd").default;
  const arguments_ = ["serve", "config.capnp", "--socket-addr=http=127.0.0.1:0", "--control-fd=3"];
  const running = spawn(path, arguments_, { cwd: folder, stdio: ["ignore", "inherit", "inherit", "pipe"] });
  const exited = new Promise<void>((resume) => running.once("exit", () => resume()));
  const port = await new Promise<number>((resume, reject) => {
    running.once("exit", () => reject(new Error("workerd did not start")));
    running.stdio[3]?.on("data", (line: Buffer) => {
      const said: { event: string; port: number } = JSON.parse(line.toString().split("\n", 1)[0] ?? "{}");
      if (said.event === "listen") resume(said.port);
    });
  });
  return {
    port,
    async close() {
      // Asked politely it would wait for every open stream.
      running.kill("SIGKILL");
      await exited;
      await rm(folder, { recursive: true });
    },
  };
}

function workerdConfig(origin: string): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["public", "private"]))
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
const main :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  bindings = [(name = "ORIGIN", text = "${origin}")],
  compatibilityDate = "${compatibilityDate}"
);
`;
}
