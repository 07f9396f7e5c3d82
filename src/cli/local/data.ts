import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { fail, ok, type Result } from "../../core/result.ts";

/** Tells a directory that we made from one of somebody's own. */
const marker = "caramel-local-data";
const running = "local.json";

/** Where a running `npm start` is and how to speak to its admin API. Read by the command line from `local.json`. */
export interface LocalAccess {
  readonly url: string;
  readonly token: string;
}

const Running = z.object({ url: z.string(), token: z.string(), pid: z.number().int() });

/**
 * Whether the data directory may be ours. Refuses one with anything in it that we did not make, and one that another
 * `npm start` uses: two would write over each other's databases.
 */
export async function mayUse(data: string): Promise<Result<null, string>> {
  const entries = existsSync(data) ? await readdir(data) : [];
  if (entries.length > 0 && !entries.includes(marker)) {
    return fail(`${data} holds files that npm start did not make. Choose another with --data DIR`);
  }
  const user = await pidOfUser(data);
  if (user === null) return ok(null);
  return fail(`${data} is in use by another npm start (process ${user}). Stop it, or choose another with --data DIR`);
}

/** Makes the data directory, or takes the one that is there; empties it first when `fresh`. Ask `mayUse` before. */
export async function openData(data: string, fresh: boolean): Promise<void> {
  if (fresh) await rm(data, { recursive: true, force: true });
  await mkdir(data, { recursive: true });
  await writeFile(join(data, marker), "Made by npm start; --fresh empties this directory.\n");
}

/** Says in `local.json` that we run, where, and with which token. Only the owner may read it. */
export async function announce(data: string, access: LocalAccess): Promise<void> {
  const path = join(data, running);
  await writeFile(path, `${JSON.stringify({ ...access, pid: process.pid }, null, 2)}\n`, { mode: 0o600 });
  await chmod(path, 0o600);
}

/** Takes back what `announce` said. */
export async function withdraw(data: string): Promise<void> {
  await rm(join(data, running), { force: true });
}

async function pidOfUser(data: string): Promise<number | null> {
  const text = await readFile(join(data, running), "utf8").catch(() => "null");
  const parsed = Running.safeParse(jsonOrNull(text));
  return parsed.success && isAlive(parsed.data.pid) ? parsed.data.pid : null;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0) && pid !== process.pid;
  } catch {
    return false;
  }
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
