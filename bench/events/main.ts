import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { median } from "../rounds.ts";
import { figure, tableOf } from "../table.ts";
import { batchOf, call, type Sender, senderOf } from "./client.ts";
import { type Deployment, startDeployment } from "./deployment.ts";

const connections = 8;
const senders = 2_000;
const sampleMs = 5_000;
const sizes = [1, 10, 100];

/** Ids that have been used, so that no sample repeats another's. */
let used = 0;

async function untilStored(deployment: Deployment, events: number): Promise<void> {
  const deadlineMs = performance.now() + 120_000;
  while ((await deployment.count("events")) < events) {
    if (performance.now() > deadlineMs)
      throw new Error(`${events} were accepted, ${await deployment.count("events")} are stored`);
    await sleep(100);
  }
}

/** Nothing is timed before it is right: repeats and all, every event is in the ledger and in the profiles once. */
async function check(deployment: Deployment, people: readonly Sender[]): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  for (const sender of people.slice(0, 20)) {
    const batch = batchOf(used, 50);
    used += 50;
    for (let time = 0; time < 3; time += 1) {
      const { status, body } = await call(agent, deployment.port, "/_caramel/events", sender, batch);
      if (status !== 202 || !body.includes('"accepted":50')) throw new Error(`${status}: ${body}`);
    }
  }
  const page = await call(agent, deployment.port, "/8", people[0] as Sender);
  if (page.status !== 200 || !page.body.includes("Still awake"))
    throw new Error(`The page is not personalised: ${page.status}`);
  agent.destroy();
  await untilStored(deployment, used);
  await sleep(2_000); // what is still on its way would count twice by now
  const [stored, counted] = [await deployment.count("events"), await deployment.counted("view")];
  if (stored !== used || counted !== used) throw new Error(`${used} were sent, ${stored} stored, ${counted} counted`);
}

/** Sends batches of a size for a while, and waits until D1 has all of them. */
async function ingest(deployment: Deployment, people: readonly Sender[], size: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const [cpuNs, startMs, before] = [deployment.cpuNs(), performance.now(), used];
  let calls = 0;
  const one = async (): Promise<void> => {
    while (performance.now() - startMs < sampleMs) {
      calls += 1;
      const batch = batchOf(used, size);
      used += size;
      const { status } = await call(
        agent,
        deployment.port,
        "/_caramel/events",
        people[calls % people.length] as Sender,
        batch,
      );
      if (status !== 202) throw new Error(`status ${status}`);
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
  const acceptedMs = performance.now() - startMs;
  await untilStored(deployment, used);
  const storedMs = performance.now() - startMs;
  agent.destroy();
  const events = used - before;
  return {
    acceptedPerSecond: (events * 1000) / acceptedMs,
    sustainedPerSecond: (events * 1000) / storedMs,
    cpuUs: (deployment.cpuNs() - cpuNs) / 1000 / events,
  };
}

async function ingestAll(deployment: Deployment, people: readonly Sender[]): Promise<void> {
  const rows: string[][] = [];
  for (const size of sizes) {
    const { acceptedPerSecond, sustainedPerSecond, cpuUs } = await ingest(deployment, people, size);
    rows.push([`${size}`, figure(acceptedPerSecond), figure(sustainedPerSecond), figure(cpuUs)]);
  }
  console.log(tableOf(["events a batch", "accepted/s", "stored/s", "CPU µs an event"], rows));
  const [stored, counted] = [await deployment.count("events"), await deployment.counted("view")];
  console.log(`${used} sent, ${stored} stored, ${counted} counted in profiles`);
  if (stored !== used || counted !== used) throw new Error("The counts differ");
}

const pagesPerSecond = 40;
const floodMs = 4_000;
const floodPerSecond = 2_000;
const floodRounds = 5;

const quantile = (figures: readonly number[], share: number): number =>
  figures.toSorted((one, other) => one - other)[Math.min(figures.length - 1, Math.floor(figures.length * share))] ??
  Number.NaN;

/** What others wait for pages, one after another at a steady pace. */
async function pageTimes(deployment: Deployment, people: readonly Sender[]): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const startMs = performance.now();
  const asked: Promise<number>[] = [];
  for (let at = 0; performance.now() - startMs < floodMs - 500; at += 1) {
    const sender = people[at % people.length] as Sender;
    asked.push(
      call(agent, deployment.port, "/8", sender).then(({ status, tookMs }) => {
        if (status !== 200) throw new Error(`A page was answered ${status}`);
        return tookMs;
      }),
    );
    await sleep(Math.max(0, startMs + ((at + 1) * 1000) / pagesPerSecond - performance.now()));
  }
  const times = await Promise.all(asked);
  agent.destroy();
  return times;
}

interface FloodCount {
  readonly sent: number;
  readonly answers: readonly (readonly [number, number])[];
  readonly withoutRetryAfter: number;
}

function flood(port: number): Promise<FloodCount> {
  const workerData = { port, perSecond: floodPerSecond, durationMs: floodMs };
  const thread = new Worker(new URL("./flood.ts", import.meta.url), { workerData });
  return new Promise((resolve, reject) => thread.once("message", resolve).once("error", reject));
}

async function underFlood(deployment: Deployment, people: readonly Sender[]): Promise<void> {
  const quiet: number[][] = [];
  const flooded: number[][] = [];
  const floods: FloodCount[] = [];
  await pageTimes(deployment, people);
  let floodCpuNs = 0;
  for (let round = 0; round < floodRounds; round += 1) {
    const [beforeNs, pages] = [deployment.cpuNs(), await pageTimes(deployment, people)];
    quiet.push(pages);
    const betweenNs = deployment.cpuNs();
    const [count, times] = await Promise.all([flood(deployment.port), pageTimes(deployment, people)]);
    floods.push(count);
    flooded.push(times);
    floodCpuNs += deployment.cpuNs() - betweenNs - (betweenNs - beforeNs);
  }
  const row = (name: string, rounds: readonly number[][]): string[] => [
    name,
    ...[0.5, 0.95, 0.99].map((share) => figure(median(rounds.map((times) => quantile(times, share))))),
    figure(quantile(rounds.flat(), 0.99)),
  ];
  console.log(`\nOthers' pages (${pagesPerSecond}/s) while one source sends ${floodPerSecond} single events a second`);
  console.log(
    tableOf(["", "p50 ms", "p95 ms", "p99 ms", "p99 of all rounds"], [row("quiet", quiet), row("flooded", flooded)]),
  );
  const sum = (status: number): number =>
    floods.reduce((all, { answers }) => all + (new Map(answers).get(status) ?? 0), 0);
  const sent = floods.reduce((all, one) => all + one.sent, 0);
  const untold = floods.reduce((all, one) => all + one.withoutRetryAfter, 0);
  const perSecond = Math.round((sent * 1000) / (floodMs * floodRounds));
  console.log(`${figure(floodCpuNs / 1000 / sent)} µs of CPU for a request of the flood`);
  console.log(
    `The flood: ${sent} requests (${perSecond}/s), ${sum(202)} accepted, ${sum(429)} got 429, ${untold} of them without Retry-After`,
  );
}

/** `ingest` or `flood` for one of the two; both without a word. */
const part = process.argv[2];

const origin = new Worker(new URL("../page/origin.ts", import.meta.url));
const originPort = await new Promise<number>((resolve, reject) =>
  origin.once("message", resolve).once("error", reject),
);
const deployment = await startDeployment(`http://127.0.0.1:${originPort}`);
try {
  const people = Array.from({ length: senders }, (_, number) => senderOf(number));
  await check(deployment, people);
  console.log(
    "The built Worker on workerd with local D1, KV and queue; every event checked to be stored and counted once",
  );
  console.log(`${connections} connections, ${senders} visitors; the client runs on the same two cores\n`);
  if (part !== "flood") await ingestAll(deployment, people);
  if (part !== "ingest") await underFlood(deployment, people);
} finally {
  await deployment.stop();
  await origin.terminate();
}
process.exit();
