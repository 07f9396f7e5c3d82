import { createHash } from "node:crypto";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { freePort, type LocalRun, startLocal, temporaryDirectory } from "./local-run.ts";

/** A site whose slots applications read over OFREP, before an origin that nobody asks. */
export interface OfrepSite {
  /** What applications give their client as its `baseUrl`. */
  readonly baseUrl: string;
  /** Ends the Worker, which first takes what is in its queue, and resolves with what is then in D1. May be called again. */
  recorded(): Promise<readonly Recorded[]>;
  /** Ends it and leaves nothing behind. */
  remove(): Promise<void>;
}

/** An exposure as D1 holds it. */
export interface Recorded {
  readonly visitor: string;
  readonly experience: string;
  readonly variant: string;
  readonly route: string;
}

export const serverToken = "st_of-a-backend-that-nobody-knows";
export const clientKey = "ck_of-a-page-that-everybody-may-know";

/** What the slots are called, of which type, and who gets what of them. */
const configuration = (origins: readonly string[]) => ({
  site: "shop",
  hosts: ["*"],
  origin: "http://127.0.0.1:1",
  apps: {
    web: { clientKey, origins },
    backend: { tokenHash: createHash("sha256").update(serverToken).digest("hex") },
  },
  slots: {
    title: { type: "text", default: "Hello" },
    limit: { type: "number", default: 10 },
    lonely: { type: "boolean", default: true },
    layout: { type: "json", default: { columns: 2 } },
  },
  experiences: {
    greeting: {
      kind: "experiment",
      routes: [],
      variants: { control: { weight: "50%" }, warm: { weight: "50%", slots: { title: "Hello {{ visitor.name }}" } } },
    },
    gold: {
      kind: "personalization",
      routes: [],
      audience: { "trait.tier": "gold" },
      variants: { on: { slots: { limit: 50, layout: { columns: 4 } } } },
    },
  },
});

/** Starts it as `npm start -- --config` does. @param origins of the pages that may use the client's key. */
export async function startOfrepSite(origins: readonly string[]): Promise<OfrepSite> {
  const directory = await temporaryDirectory();
  const config = join(directory.path, "shop.json");
  const data = join(directory.path, "data");
  await writeFile(config, JSON.stringify(configuration(origins)));
  const run: LocalRun = await startLocal(["--config", config, "--port", String(await freePort()), "--data", data]);
  let ended: Promise<unknown> | null = null;
  const end = () => {
    ended ??= run.stop();
    return ended;
  };
  return {
    baseUrl: `${run.url}/_caramel`,
    recorded: async () => {
      await end();
      return exposuresIn(join(data, "state"));
    },
    remove: async () => {
      await end();
      await directory.remove();
    },
  };
}

/** Reads the visitors' database as the local runtime left it: the one file that has the table. */
async function exposuresIn(state: string): Promise<readonly Recorded[]> {
  const files = await readdir(state, { recursive: true });
  for (const file of files.filter((name) => name.endsWith(".sqlite"))) {
    const database = new DatabaseSync(join(state, file));
    try {
      if (database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'exposures'").get() === undefined) continue;
      const rows = database.prepare("SELECT visitor, experience, variant, route FROM exposures").all();
      return rows.map(({ visitor, experience, variant, route }) => ({
        visitor: String(visitor),
        experience: String(experience),
        variant: String(variant),
        route: String(route),
      }));
    } finally {
      database.close();
    }
  }
  throw new Error("no database of the local runtime has exposures");
}
