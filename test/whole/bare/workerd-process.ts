import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A plain workerd: no miniflare, no wrangler, no proxy in front. */
export interface WorkerdProcess {
  readonly port: number;
  /** What it wrote to both its streams so far. */
  logged(): string;
  /** What it holds in memory now (Linux). */
  residentBytes(): Promise<number>;
  /** Ends it at once: asked politely it would wait for every open stream. */
  stop(): Promise<void>;
}

/**
 * Serves a configuration whose one socket is called `http` and whose files lie beside it.
 *
 * @param files by name; `config.capnp` is the configuration.
 * @throws when workerd refuses it.
 */
export async function serveWorkerd(files: Readonly<Record<string, string>>): Promise<WorkerdProcess> {
  const folder = await mkdtemp(join(tmpdir(), "caramel-workerd-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const path: string = createRequire(import.meta.url)("workerd").default;
  const options = ["serve", "config.capnp", "--socket-addr=http=127.0.0.1:0", "--control-fd=3"];
  const running = spawn(path, options, { cwd: folder, stdio: ["ignore", "pipe", "pipe", "pipe"] });
  const exited = new Promise<void>((resume) => running.once("exit", () => resume()));
  let log = "";
  for (const stream of [running.stdout, running.stderr]) stream?.on("data", (chunk) => (log += chunk));
  const port = await new Promise<number>((resume, reject) => {
    running.once("exit", () => reject(new Error(`workerd did not start: ${log}`)));
    running.stdio[3]?.on("data", (line: Buffer) => {
      const said: { event: string; port: number } = JSON.parse(line.toString().split("\n", 1)[0] ?? "{}");
      if (said.event === "listen") resume(said.port);
    });
  });
  return {
    port,
    logged: () => log,
    residentBytes: async () => {
      const status = await readFile(`/proc/${running.pid}/status`, "utf8");
      return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
    },
    async stop() {
      running.kill("SIGKILL");
      await exited;
      await rm(folder, { recursive: true });
    },
  };
}
