import { setTimeout as sleep } from "node:timers/promises";
import { inRounds, median } from "../rounds.ts";
import { figure, tableOf } from "../table.ts";
import { bareWorker, type Contestant, handWrittenWorker, start, startCaramel } from "./contestants.ts";
import { cpuUs } from "./cpu.ts";
import { burst, userAgent } from "./load.ts";
import { pageOf, sizesKb, startOrigin } from "./origin.ts";

/** How many requests one turn makes, by page size: a second or two of work. */
const requests = { 8: 400, 60: 200, 500: 60 } as const;
const rounds = Number(process.env.ROUNDS ?? 7);

/** One duel: the same question to both, Caramel against what it is measured by. */
interface Duel {
  readonly title: string;
  readonly path: string;
  /** Experiences act on it. */
  readonly isTouched: boolean;
  readonly yardstick: Contestant;
  readonly caramel: Contestant;
}

interface Measured {
  readonly cpuUs: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly firstByteMs: number;
}

const headersOf = (cookie: string): Record<string, string> => ({
  "user-agent": userAgent,
  ...(cookie === "" ? {} : { cookie }),
});

/** The cookie of somebody who has been here before, and whose exposures are recorded. */
async function returning(port: number, path: string): Promise<string> {
  let cookie = "";
  for (let page = 0; page < 3; page += 1) {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: headersOf(cookie) });
    await response.text();
    cookie = response.headers.getSetCookie()[0]?.split(";")[0] ?? cookie;
    await sleep(300);
  }
  if (cookie === "") throw new Error("Caramel has not recognised the visitor");
  return cookie;
}

const textOf = async (port: number, path: string, cookie: string): Promise<string> =>
  (await fetch(`http://127.0.0.1:${port}${path}`, { headers: headersOf(cookie) })).text();

/** Both must answer the same bytes, and the bytes that are due, before anything is timed. */
async function check({ title, path, isTouched, yardstick, caramel }: Duel, cookie: string): Promise<void> {
  for (const kb of sizesKb) {
    const [expected, ours] = [
      await textOf(yardstick.port, `${path}/${kb}`, ""),
      await textOf(caramel.port, `${path}/${kb}`, cookie),
    ];
    const due = isTouched ? changed(pageOf(kb)) : pageOf(kb);
    if (expected !== due) throw new Error(`${title}, ${kb} KB: the yardstick answers something else`);
    if (ours !== due) throw new Error(`${title}, ${kb} KB: Caramel answers something else`);
  }
}

const changed = (page: string): string =>
  page
    .replace("<h1>Books</h1>", "<h1>Hello</h1>")
    .replace("For every mood", "Good evening")
    .replace('class="offer"', 'class="offer offer--night"')
    .replace('href="/more"', 'href="/more?from=night"')
    .replace("</footer>", "<p>Good night</p></footer>");

const quantile = (figures: readonly number[], share: number): number =>
  figures.toSorted((one, other) => one - other)[Math.floor(figures.length * share)] ?? Number.NaN;

async function measure({ port, pid }: Contestant, path: string, cookie: string, count: number): Promise<Measured> {
  const before = cpuUs(pid);
  const { firstByteMs, wholeMs, tookMs } = await burst(port, path, cookie, count);
  return {
    cpuUs: (cpuUs(pid) - before) / count,
    perSecond: (count / tookMs) * 1000,
    p50Ms: quantile(wholeMs, 0.5),
    p99Ms: quantile(wholeMs, 0.99),
    firstByteMs: quantile(firstByteMs, 0.5),
  };
}

const head = ["", "CPU µs", "ratio", "requests/s", "p50 ms", "p99 ms", "first byte ms"];

async function hold(duel: Duel): Promise<void> {
  const cookie = duel.isTouched ? await returning(duel.caramel.port, `${duel.path}/8`) : "";
  await check(duel, cookie);
  console.log(`\n${duel.title}`);
  const rows: string[][] = [];
  for (const kb of sizesKb) {
    const path = `${duel.path}/${kb}`;
    const both = [duel.yardstick, duel.caramel];
    const cookieOf = (contestant: Contestant): string => (contestant === duel.caramel ? cookie : "");
    for (const each of both) await burst(each.port, path, cookieOf(each), requests[kb]);
    const [first = [], second = []] = await inRounds(both, rounds, (each) =>
      measure(each, path, cookieOf(each), requests[kb]),
    );
    const ratio = median(second.map(({ cpuUs: ours }, at) => ours / (first[at]?.cpuUs ?? Number.NaN)));
    rows.push(
      rowOf(`${duel.yardstick.name}, ${kb} KB`, first, 1),
      rowOf(`${duel.caramel.name}, ${kb} KB`, second, ratio),
    );
  }
  console.log(tableOf(head, rows));
}

function rowOf(name: string, measured: readonly Measured[], ratio: number): string[] {
  const of = (key: keyof Measured): string => figure(median(measured.map((each) => each[key])));
  return [name, of("cpuUs"), `${ratio.toFixed(2)}x`, of("perSecond"), of("p50Ms"), of("p99Ms"), of("firstByteMs")];
}

const origin = await startOrigin();
const originUrl = `http://127.0.0.1:${origin.port}`;
const caramel = await startCaramel(originUrl);
const bare = await start("bare pass-through", bareWorker(originUrl));
const hand = await start("hand-written HTMLRewriter", handWrittenWorker(originUrl));
console.log(`workerd on its own socket; ${rounds} rotated rounds; medians; CPU of workerd from /proc`);
await hold({ title: "With nothing to do", path: "/plain", isTouched: false, yardstick: bare, caramel });
await hold({ title: "Three experiences, five operations", path: "/page", isTouched: true, yardstick: hand, caramel });
for (const each of [caramel, bare, hand]) await each.stop();
origin.server.close();
process.exit();
