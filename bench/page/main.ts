import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { howToInstall, peersAreInstalled } from "../peers.ts";
import { inRounds, median } from "../rounds.ts";
import { figure, tableOf } from "../table.ts";
import { type Contestant, names, startAll } from "./contestants.ts";
import { agentFor, ask, load } from "./load.ts";
import { pageOf } from "./page.ts";

const rounds = 9;
/** How long one contestant is loaded in a round, roughly. */
const sampleMs = 800;
/** Few, as large pages would queue. */
const connections = 4;
const kilobytes = [8, 60, 500];

/** What one contestant did in one round, or the medians over the rounds. */
interface Figures {
  readonly cpuUs: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly firstByteMs: number;
}

function quantile(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** First under load, for what a page costs; then one at a time, for how long a visitor waits. */
async function measure({ worker, cookie }: Contestant, path: string, count: number): Promise<Figures> {
  const [startCpuNs, startMs] = [worker.cpuNs(), performance.now()];
  await load(worker.port, path, cookie, { count, connections });
  const [cpuNs, tookMs] = [worker.cpuNs() - startCpuNs, performance.now() - startMs];
  const alone = await load(worker.port, path, cookie, { count: Math.max(30, Math.round(count / 8)), connections: 1 });
  const all = alone.map(({ allMs }) => allMs);
  return {
    cpuUs: cpuNs / 1000 / count,
    perSecond: (count * 1000) / tookMs,
    p50Ms: quantile(all, 0.5),
    p99Ms: quantile(all, 0.99),
    firstByteMs: median(alone.map(({ firstByteMs }) => firstByteMs)),
  };
}

/** Checks an answer, warms up, and finds how many requests fill a sample. @throws for a wrong answer: it is not worth timing. */
async function prepare(contestant: Contestant, path: string, page: string): Promise<{ count: number; bytes: number }> {
  const { name, worker, cookie } = contestant;
  const agent = agentFor(1);
  const answer = await ask(agent, worker.port, path, cookie);
  agent.destroy();
  const wrong = contestant.wrongWith(answer, page);
  if (wrong !== null) throw new Error(`${name}, ${path}: ${wrong}`);
  await load(worker.port, path, cookie, { count: 60, connections });
  const startMs = performance.now();
  await load(worker.port, path, cookie, { count: 60, connections });
  const count = Math.round((60 * sampleMs) / (performance.now() - startMs));
  return { count: Math.max(40, Math.min(4000, count)), bytes: answer.body.length };
}

const medianOf = (figures: readonly Figures[], key: keyof Figures): number => median(figures.map((each) => each[key]));

async function comparePages(contestants: readonly Contestant[], size: number): Promise<void> {
  const path = `/${size}`;
  const page = pageOf(size * 1000);
  const runners: { contestant: Contestant; count: number; bytes: number }[] = [];
  for (const contestant of contestants) runners.push({ contestant, ...(await prepare(contestant, path, page)) });
  const figures = await inRounds(runners, rounds, ({ contestant, count }) => measure(contestant, path, count));
  const cpuOf = (name: string): number[] =>
    figures[runners.findIndex(({ contestant }) => contestant.name === name)]?.map(({ cpuUs }) => cpuUs) ?? [];
  // A round's ratio compares what stood side by side in time; its median is steadier than the ratio of two medians.
  const ratio = (name: string, base: string): string => {
    const against = cpuOf(base);
    return `${median(cpuOf(name).map((us, round) => us / (against[round] ?? Number.NaN))).toFixed(2)}x`;
  };
  const rows = runners.map(({ contestant: { name }, bytes }, at) => {
    const own = figures[at] ?? [];
    const cells = (["cpuUs", "perSecond", "p50Ms", "p99Ms", "firstByteMs"] as const).map((key) =>
      figure(medianOf(own, key)),
    );
    return [name, ...cells, ratio(name, names.bare), ratio(name, names.rewriter), `${bytes - page.length}`];
  });
  console.log(`\n${size} KB (${page.length} bytes)`);
  console.log(tableOf(head, rows));
}

const head = ["", "CPU µs", "req/s", "p50 ms", "p99 ms", "1st byte ms", "to bare", "to hand-written", "bytes added"];

async function startOrigin(): Promise<{ url: string; thread: Worker }> {
  const thread = new Worker(new URL("./origin.ts", import.meta.url));
  const port = await new Promise<number>((resolve, reject) => thread.once("message", resolve).once("error", reject));
  return { url: `http://127.0.0.1:${port}`, thread };
}

const withPeers = peersAreInstalled();
if (!withPeers) console.error(howToInstall);
const folder = await mkdtemp(join(tmpdir(), "caramel-bench-"));
const origin = await startOrigin();
try {
  const contestants = await startAll(origin.url, folder, withPeers);
  console.log(
    `workerd serve, a process each; our own client over ${connections} kept connections, latencies over one;`,
  );
  console.log(`medians of ${rounds} rotated rounds; CPU is the process's own; answers checked first`);
  for (const size of kilobytes) await comparePages(contestants, size);
  for (const { worker } of contestants) worker.stop();
} finally {
  await origin.thread.terminate();
  await rm(folder, { recursive: true, force: true });
}
process.exit();
