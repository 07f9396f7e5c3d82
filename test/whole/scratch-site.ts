import { adminOf } from "../../src/cli/local/admin.ts";
import { buildIfStale } from "../../src/cli/local/bundle.ts";
import type { Secrets } from "../../src/cli/local/secrets.ts";
import { startWorker } from "../../src/cli/local/worker.ts";
import { freePort, temporaryDirectory } from "./local-run.ts";

/** The built Worker on workerd with a configuration of the test's own. */
export interface ScratchSite {
  readonly port: number;
  /** What the Worker logged. */
  logged(): string;
  stop(): Promise<void>;
}

/** Starts it on an empty data directory. @throws when the configuration is refused or the runtime does not come up. */
export async function startScratch(
  configuration: { readonly site: string; readonly origin: string },
  secrets: Secrets,
): Promise<ScratchSite> {
  await buildIfStale();
  const directory = await temporaryDirectory();
  const port = await freePort();
  let log = "";
  const worker = await startWorker({
    data: directory.path,
    port,
    secrets,
    // Hosts that are no site's: nothing may leave this machine.
    fallbackOrigin: { "*": configuration.origin },
    say: (line) => {
      log += `${line}\n`;
    },
  });
  await worker.migrate();
  const admin = adminOf({ url: `http://127.0.0.1:${port}`, token: secrets.ADMIN_TOKEN });
  for (const [method, path, body] of [
    ["PUT", `/sites/${configuration.site}/draft`, configuration],
    ["POST", `/sites/${configuration.site}/releases`, { checks: "none" }],
  ] as const) {
    const done = await admin(method, path, body);
    if (!done.ok) throw new Error(JSON.stringify(done.error));
  }
  return {
    port,
    logged: () => log,
    stop: async () => {
      await worker.stop();
      await directory.remove();
    },
  };
}
