import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { howToInstall, peersAreInstalled } from "../peers.ts";
import { inRounds, median } from "../rounds.ts";
import { figure, tableOf } from "../table.ts";
import { bytesPerRejection } from "./allocation.ts";
import { caramel } from "./caramel.ts";
import type { Contestant, Prepared } from "./contestant.ts";
import { expectedOf, type Scenario, scenarios } from "./scenario.ts";

const rounds = 15;
/** Processor time of one figure, and of warming up before the first. */
const sampleMs = 30;
const warmUpMs = 300;

/** A contestant in a scenario, ready and found right. */
interface Runner {
  readonly name: string;
  readonly prepared: Prepared;
  readonly pagesPerSample: number;
}

/** Processor time of this thread, in milliseconds: on a busy machine the clock on the wall measures the neighbours, too. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

async function contestants(): Promise<readonly Contestant[]> {
  const { growthbook, growthbookClient } = await import("./growthbook.ts");
  const { flagd } = await import("./flagd.ts");
  const { unleashClient } = await import("./unleash.ts");
  const { optimizely } = await import("./optimizely.ts");
  const { convertSdk } = await import("./convert.ts");
  return [caramel, growthbook, growthbookClient, flagd, unleashClient, optimizely, convertSdk];
}

/** @throws when a contestant finds others than it should: a wrong answer is not worth timing. */
async function ready(contestant: Contestant, scenario: Scenario): Promise<Runner> {
  const prepared = await contestant.prepare(scenario);
  const expected = expectedOf(scenario).toSorted();
  const matched = prepared.matched().toSorted();
  if (matched.join() !== expected.join() || prepared.page() !== expected.length) {
    throw new Error(`${contestant.name}, ${scenario.name}: matched ${matched.join()}, not ${expected.join()}`);
  }
  const startMs = cpuMs();
  let pages = 0;
  for (; pages < 3 || cpuMs() - startMs < warmUpMs; pages += 1) prepared.page();
  const msPerPage = (cpuMs() - startMs) / pages;
  return { name: contestant.name, prepared, pagesPerSample: Math.max(1, Math.round(sampleMs / msPerPage)) };
}

/** @returns microseconds of a page. */
function sample({ prepared, pagesPerSample }: Runner): number {
  const startMs = cpuMs();
  for (let page = 0; page < pagesPerSample; page += 1) prepared.page();
  return ((cpuMs() - startMs) * 1000) / pagesPerSample;
}

async function measure(scenario: Scenario, all: readonly Contestant[]): Promise<ReadonlyMap<string, number>> {
  const runners: Runner[] = [];
  for (const contestant of all) runners.push(await ready(contestant, scenario));
  const figures = await inRounds(runners, rounds, sample);
  for (const { prepared } of runners) prepared.close?.();
  return new Map(runners.map(({ name }, at) => [name, median(figures[at] ?? [])]));
}

function print(scenario: Scenario, usPerPage: ReadonlyMap<string, number>): void {
  const ours = usPerPage.get(caramel.name) ?? Number.NaN;
  const rows = [...usPerPage].map(([name, us]) => [
    name,
    figure(us),
    figure((us * 1000) / scenario.experiences.length),
    `${figure(us / ours)}x`,
  ]);
  console.log(`\n${scenario.name}: ${expectedOf(scenario).length} match; all agree on which`);
  console.log(tableOf(["", "µs per page", "ns per decision", "against Caramel"], rows));
}

/** What issue and decision records promise, from the same run. */
function printVerdicts(results: readonly ReadonlyMap<string, number>[], bytes: number): void {
  const of = (at: number, name: string): number => results[at]?.get(name) ?? Number.NaN;
  const ours = results.map((_, at) => of(at, caramel.name));
  const [ten = Number.NaN, , thousand = Number.NaN, spread = Number.NaN] = ours;
  const peers = [...(results[2] ?? [])].filter(([name]) => name !== caramel.name).map(([, us]) => us);
  const rows = [
    ["1000: the fastest peer against Caramel", `${figure(Math.min(...peers) / thousand)}x`, "at least 8x"],
    ["1000: GrowthBook against Caramel", `${figure(of(2, "GrowthBook") / thousand)}x`, "at least 100x"],
    ["1000 over 100 paths against 10", `${figure(spread / ten)}x`, "at most 2x"],
    ["1000 on the page against 10", `${figure(thousand / ten)}x`, "at most 100x"],
    ["bytes allocated for a rejected experience", bytes.toFixed(2), "0"],
  ];
  console.log(`\n${tableOf(["", "measured", "wanted"], rows)}`);
}

/** The engine's collector of garbage, which Node hides. */
function collector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc");
}

if (peersAreInstalled()) {
  const all = await contestants();
  const results: ReadonlyMap<string, number>[] = [];
  const { version, arch } = process;
  console.log(`Node ${version} ${arch}; medians of ${rounds} rotated rounds, processor time of the thread`);
  for (const scenario of scenarios) {
    const usPerPage = await measure(scenario, all);
    print(scenario, usPerPage);
    results.push(usPerPage);
  }
  const largest = scenarios[2];
  if (largest !== undefined) printVerdicts(results, bytesPerRejection(largest, collector()));
  process.exit();
} else {
  console.error(howToInstall);
  process.exitCode = 1;
}
