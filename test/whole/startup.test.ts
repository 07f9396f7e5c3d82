import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, it } from "vitest";
import { buildIfStale } from "../../src/cli/local/bundle.ts";
import { root, workerFile } from "../../src/cli/local/root.ts";
import { runtime } from "../../src/cli/local/worker.ts";
import { freePort, temporaryDirectory } from "./local-run.ts";

/** Every new isolate pays this before its first page, and Cloudflare refuses a Worker that takes too long. */
const budgetMs = 30;
const rounds = 5;
const workerd = join(root, "node_modules/workerd/bin/workerd");
const empty = "export default { fetch: () => new Response() };";

beforeAll(buildIfStale);

/** The smallest of several rounds: everything else that goes on on the machine only ever adds to it. */
it.skipIf(!existsSync("/proc/self/schedstat"))(
  "starts within 30 ms of CPU of an empty Worker",
  { timeout: 120_000 },
  async ({ expect, annotate }) => {
    const ours = await readFile(workerFile, "utf8");
    const times = { empty: Number.POSITIVE_INFINITY, ours: Number.POSITIVE_INFINITY };
    for (let round = 0; round < rounds; round++) {
      times.empty = Math.min(times.empty, await startupCpuMs(empty));
      times.ours = Math.min(times.ours, await startupCpuMs(ours));
    }
    await annotate(`CPU to start and answer once: ${times.ours.toFixed(1)} ms, empty ${times.empty.toFixed(1)} ms`);
    expect(times.empty).toBeGreaterThan(1);
    expect(times.ours - times.empty).toBeLessThan(budgetMs);
  },
);

/** What workerd alone, with nothing of miniflare's, spends until this code has answered its first request. */
async function startupCpuMs(code: string): Promise<number> {
  const directory = await temporaryDirectory();
  const port = await freePort();
  await writeFile(join(directory.path, "worker.js"), code);
  await writeFile(join(directory.path, "config.capnp"), configFor(port));
  const process = spawn(workerd, ["serve", join(directory.path, "config.capnp")], { stdio: "ignore" });
  const ended = once(process, "exit");
  try {
    await answered(port);
    return await cpuMsOf(process.pid ?? 0);
  } finally {
    process.kill("SIGKILL");
    await ended;
    await directory.remove();
  }
}

/** Any answer will do: without bindings ours can only fail, but not before all of it has been read and run. */
async function answered(port: number): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => null);
    if (answer !== null) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("workerd did not answer");
}

/** Nanoseconds on a core, added up over threads: `/proc/PID/stat` counts in steps of 10 ms. */
async function cpuMsOf(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const stats = await Promise.all(threads.map((id) => readFile(`/proc/${pid}/task/${id}/schedstat`, "utf8")));
  return stats.reduce((sum, stat) => sum + Number(stat.split(" ")[0]), 0) / 1e6;
}

function configFor(port: number): string {
  const flags = runtime.compatibilityFlags.map((flag) => `"${flag}"`).join(", ");
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "worker.js", esModule = embed "worker.js")],
    compatibilityDate = "${runtime.compatibilityDate}",
    compatibilityFlags = [${flags}]
  ))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]
);
`;
}
