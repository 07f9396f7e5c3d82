import { join } from "node:path";
import { build } from "esbuild";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { serveWorkerd } from "../bare/workerd-process.ts";

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
  const { port, stop } = await serveWorkerd({ "worker.js": script, "config.capnp": workerdConfig(origin) });
  return { port, close: stop };
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
