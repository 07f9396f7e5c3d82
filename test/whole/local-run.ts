import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const readyDeadlineMs = 60_000;

/** A `npm start` that is up. */
export interface LocalRun {
  /** The proxy, as the tour names it. */
  readonly url: string;
  /** Everything printed so far, both streams. */
  printed(): string;
  /** Asks it to end as a terminal would, and resolves with its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  readonly process: ChildProcess;
}

/** What a `npm start` that did not come up said. */
export interface Ended {
  readonly code: number | null;
  readonly printed: string;
}

/** Runs what `npm start -- <args>` runs. Rejects when it ends, or says nothing, before it is ready. */
export async function startLocal(args: readonly string[]): Promise<LocalRun> {
  const { child, output, exited } = launch(args);
  const deadline = setTimeout(() => child.kill("SIGKILL"), readyDeadlineMs);
  try {
    await Promise.race([
      output.until(/^Ready at /m),
      exited.then((code) => Promise.reject(new Error(`npm start ended with ${code}:\n${output.text()}`))),
    ]);
  } finally {
    clearTimeout(deadline);
  }
  const stop = (signal: NodeJS.Signals = "SIGTERM") => {
    child.kill(signal);
    return exited;
  };
  const url = /^Ready at (\S+)/m.exec(output.text())?.[1] ?? "";
  return { url, printed: output.text, stop, process: child };
}

/** Runs it until it ends by itself, as it does when refused. */
export async function startAndEnd(args: readonly string[]): Promise<Ended> {
  const { output, exited } = launch(args);
  return { code: await exited, printed: output.text() };
}

function launch(args: readonly string[]) {
  const child = spawn(process.execPath, ["src/cli/start.ts", ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "close").then(([code]): number | null => code);
  return { child, output: outputOf(child), exited };
}

function outputOf(child: ChildProcess) {
  let text = "";
  const heard = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      for (const listener of heard) listener();
    });
  }
  const until = (pattern: RegExp) =>
    new Promise<void>((resolve) => {
      const listener = () => pattern.test(text) && resolve();
      heard.add(listener);
      listener();
    });
  return { text: () => text, until };
}

/** The lower of two neighbouring ports that were free a moment ago: one for the proxy, one for the demo's origin. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** A directory of one's own, and its end. */
export async function temporaryDirectory(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "caramel-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** How the command line reaches a running one: its `local.json`. */
export async function accessOf(data: string): Promise<{ readonly url: string; readonly token: string }> {
  return JSON.parse(await readFile(join(data, "local.json"), "utf8"));
}
