import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { buildClient } from "./client.ts";
import { root, workerFile } from "./root.ts";

const run = promisify(execFile);

/** What wrangler lays beside the bundle: a note to people, and the map that we move along. */
const besideTheBundle = ["index.js", "index.js.map", "README.md"];

/**
 * Builds `dist/worker.js`, and the browser's helper first, since the Worker carries it.
 *
 * @throws with the bundler's own words when the sources do not build.
 */
export async function buildAll(): Promise<void> {
  await mkdir(dirname(workerFile), { recursive: true });
  await buildClient();
  await buildWorker();
}

/** Builds unless `dist/worker.js` is newer than everything it is made of. For `npm start`, which runs what was built. */
export async function buildIfStale(): Promise<void> {
  const builtMs = existsSync(workerFile) ? (await stat(workerFile)).mtimeMs : 0;
  if ((await newestSourceMs()) >= builtMs) await buildAll();
}

/**
 * wrangler itself bundles, so that what runs here is byte for byte what `wrangler deploy` would send. The bundle appears
 * in its place at once: another `npm start` may be reading the old one.
 */
async function buildWorker(): Promise<void> {
  const outdir = join(dirname(workerFile), `.worker-${process.pid}`);
  try {
    await runWrangler(["deploy", "--dry-run", "--outdir", outdir]);
    await refuseMoreModules(outdir);
    const code = await readFile(join(outdir, "index.js"), "utf8");
    await writeFile(join(outdir, "index.js"), code.replace(/(sourceMappingURL=)index\.js\.map/, "$1worker.js.map"));
    await rename(join(outdir, "index.js.map"), `${workerFile}.map`);
    await rename(join(outdir, "index.js"), workerFile);
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}

async function runWrangler(args: readonly string[]): Promise<void> {
  const wrangler = join(root, "node_modules/wrangler/bin/wrangler.js");
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", NO_COLOR: "1" };
  try {
    await run(process.execPath, [wrangler, ...args], { cwd: root, env, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    throw new Error(`The Worker does not build:\n${wordsOf(error)}`);
  }
}

/** A child's own words: what it wrote to stderr, else whatever the failure says. */
function wordsOf(error: unknown): string {
  if (error instanceof Error && "stderr" in error && "stdout" in error) return `${error.stderr}${error.stdout}`;
  return String(error);
}

/** An imported `.html`, `.sql` or `.wasm` becomes a module of its own, which the local runner would not load. */
async function refuseMoreModules(outdir: string): Promise<void> {
  const more = (await readdir(outdir)).filter((name) => !besideTheBundle.includes(name));
  if (more.length > 0) {
    throw new Error(
      `The bundle has more modules than one (${more.join(", ")}): src/cli/local/worker.ts loads only one.`,
    );
  }
}

async function newestSourceMs(): Promise<number> {
  const entries = await readdir(join(root, "src"), { recursive: true, withFileTypes: true });
  const sources = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const all = [...sources, join(root, "wrangler.toml"), join(root, "package-lock.json")];
  const times = await Promise.all(all.map(async (path) => (await stat(path)).mtimeMs));
  return Math.max(...times);
}
