import { ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import * as z from "zod";

/** Which workerd serves this data directory. */
const note = "workerd.pid";
const Pid = z.coerce.number().int().positive();
const Made = z.object({ process: z.instanceof(ChildProcess) });

/**
 * Notes the process id of every workerd that we start from now on: when we are killed outright, it lives on, with our
 * port and databases open, and the next start has to end it.
 */
export function noteRuntime(data: string): void {
  subscribe("child_process", (message) => {
    const { success, data: made } = Made.safeParse(message);
    // Told of before it has an id: that comes within the same turn.
    if (success) queueMicrotask(() => void noteIfRuntime(data, made.process).catch(console.error));
  });
}

async function noteIfRuntime(data: string, { pid, spawnfile }: ChildProcess): Promise<void> {
  if (pid !== undefined && basename(spawnfile).startsWith("workerd")) await writeFile(join(data, note), String(pid));
}

/** Takes the note back, once the runtime has ended. */
export async function forgetRuntime(data: string): Promise<void> {
  await rm(join(data, note), { force: true });
}

/**
 * Ends the workerd that a killed `npm start` left behind, if there is one. Only where `/proc` can tell that the process
 * id has not gone to somebody else; on other systems the taken port says what is wrong.
 */
export async function endLeftover(data: string): Promise<void> {
  const pid = Pid.safeParse(await readFile(join(data, note), "utf8").catch(() => null));
  if (!pid.success) return;
  const name = await readFile(`/proc/${pid.data}/comm`, "utf8").catch(() => "");
  if (name.trim() !== "workerd") return;
  process.kill(pid.data, "SIGKILL");
  await hasEnded(pid.data);
}

/** Files and ports are let go of by its last thread, not by its first. */
async function hasEnded(pid: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
    const state = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
    if (state === null || (threads.length <= 1 && / Z /.test(state))) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
