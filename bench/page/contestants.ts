import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "esbuild";
import { caramelWorker, nothingHere, threeExperiences } from "./caramel.ts";
import { type Answer, agentFor, ask } from "./load.ts";
import { changedPage, changes } from "./page.ts";
import { type RunningWorker, startWorkerd, type WorkerFile } from "./workerd.ts";

/** Somebody who answers pages, found right before anything is timed. */
export interface Contestant {
  readonly name: string;
  readonly worker: RunningWorker;
  /** The cookie of a visitor who has been here before; `null`: everybody is new. */
  readonly cookie: string | null;
  /** @returns what is wrong with an answer, or `null`. */
  readonly wrongWith: (answer: Answer, page: string) => string | null;
}

/** Starts everybody. Peers take part when they are installed. */
export async function startAll(origin: string, folder: string, withPeers: boolean): Promise<readonly Contestant[]> {
  const stores = await bundled("stores");
  const start = (file: WorkerFile): Promise<RunningWorker> => startWorkerd(file, stores, folder);
  const plain = async (name: string, settings: Readonly<Record<string, string>>): Promise<RunningWorker> =>
    start({ name, code: await bundled(name), settings, kv: null });
  const three = await start(await caramelWorker("caramel-three", origin, threeExperiences));
  const contestants: Contestant[] = [
    { name: names.bare, worker: await plain("bare", { ORIGIN: origin }), cookie: null, wrongWith: untouched },
    {
      name: names.idle,
      worker: await start(await caramelWorker("caramel-idle", origin, nothingHere)),
      cookie: null,
      wrongWith: untouched,
    },
    { name: names.rewriter, worker: await plain("rewriter", { ORIGIN: origin }), cookie: null, wrongWith: changed },
    { name: names.returning, worker: three, cookie: await cookieFrom(three.port), wrongWith: changed },
    { name: names.fresh, worker: three, cookie: null, wrongWith: changed },
  ];
  if (!withPeers) return contestants;
  const growthbook = { PROXY_TARGET: origin, FORWARD_PROXY_HEADERS: "true", NODE_ENV: "production" };
  const peers = [
    { name: names.growthbook, worker: await plain("growthbook", growthbook) },
    { name: names.optimizely, worker: await plain("optimizely", { ORIGIN: origin, SCRIPT: "false" }) },
    { name: names.optimizelyScript, worker: await plain("optimizely", { ORIGIN: origin, SCRIPT: "true" }) },
  ];
  return [...contestants, ...peers.map((peer) => ({ ...peer, cookie: null, wrongWith: holdsChanges }))];
}

export const names = {
  bare: "bare pass-through",
  idle: "Caramel, nothing to do",
  rewriter: "hand-written HTMLRewriter",
  returning: "Caramel, three experiences",
  fresh: "Caramel, three, every visitor new",
  growthbook: "GrowthBook's edge app",
  optimizely: "Optimizely's edge delivery",
  optimizelyScript: "the same, with its script",
} as const;

async function bundled(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "workers", `${name}.ts`)],
    bundle: true,
    write: false,
    minify: true,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    external: ["node:*"],
    logLevel: "error",
  });
  return outputFiles[0]?.text ?? "";
}

/** Visits pages until the cookie stays as it is: from then on nothing about this visitor is new. */
async function cookieFrom(port: number): Promise<string> {
  const agent = agentFor(1);
  let cookie: string | null = null;
  for (let page = 0; page < 20; page += 1) {
    const { headers } = await ask(agent, port, "/8", cookie);
    const given = headers["set-cookie"]?.[0]?.split(";")[0];
    if (given === undefined && cookie !== null) {
      agent.destroy();
      return cookie;
    }
    cookie = given ?? cookie;
    await sleep(50);
  }
  throw new Error("the cookie never comes to rest");
}

const untouched: Contestant["wrongWith"] = (answer, page) => compare(answer, page);
const changed: Contestant["wrongWith"] = (answer, page) => compare(answer, changedPage(page));

function compare({ status, body }: Answer, expected: string): string | null {
  if (status !== 200) return `status ${status}: ${body.toString("utf8").slice(0, 200)}`;
  const text = body.toString("utf8");
  return text === expected ? null : differing(text, expected);
}

function differing(text: string, expected: string): string {
  let at = 0;
  while (at < expected.length && text[at] === expected[at]) at += 1;
  return `differs at ${at}: ${JSON.stringify(text.slice(at, at + 80))}, not ${JSON.stringify(expected.slice(at, at + 80))}`;
}

/** The peers add scripts of their own and print the page anew: of them only the five mutations are asked. */
const holdsChanges: Contestant["wrongWith"] = ({ status, body }, _page) => {
  const text = body.toString("utf8");
  const missing = Object.values(changes).find(({ after }) => !text.includes(after));
  return status !== 200 || missing !== undefined ? `status ${status}, without ${missing?.after}` : null;
};
