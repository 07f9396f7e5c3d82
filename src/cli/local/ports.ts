import { createServer } from "node:net";
import type { Result } from "../../core/result.ts";

/** Nothing of ours listens beyond this machine. */
export const loopback = "127.0.0.1";

/** A port that `npm start` needs, and for whom, in a person's words. */
export interface PortWanted {
  readonly port: number;
  readonly what: string;
}

/** Whether every port is free to listen on; else a message that names the option. */
export async function arePortsFree(wanted: readonly PortWanted[]): Promise<Result<null, string>> {
  for (const { port, what } of wanted) {
    const code = await listenOnce(port);
    if (code === null) continue;
    const why = code === "EADDRINUSE" ? "is taken" : `cannot be used (${code})`;
    return { ok: false, error: `Port ${port}, for ${what}, ${why}. Choose another with: npm start -- --port N` };
  }
  return { ok: true, value: null };
}

/** Takes the port and lets it go again. `null` when that worked, else the system's word for why not. */
function listenOnce(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) => resolve("code" in error ? String(error.code) : error.message));
    server.listen(port, loopback, () => server.close(() => resolve(null)));
  });
}
