import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, it } from "vitest";
import type { Release } from "../../src/core/release.ts";
import { releaseKey } from "../../src/store/live-keys.ts";
import { signed, visit } from "./abuse/attacker.ts";
import { type BareSite, publishInto, released, releasedAs, startBare, warmed } from "./bare/site.ts";
import type { Mood } from "./bare/store.ts";
import { exchange, get, open, until, valuesOf } from "./hostile-origin/raw-client.ts";

/** The built Worker on plain workerd while its stores, its origin or we ourselves fail: pages counted, none lost. */
const originMs = 40;
/** How much later than the origin a page may be, whatever befalls the stores. */
const latenessMs = 100;
const originTimeoutMs = 300;

const pageText = "<!doctype html><title>Shop</title><h1>Origin's</h1><p class=known>nobody</p><p id=arm>none</p>";
let server: Server;
let origin = "";

/** What the origin does on paths that are not plain pages. */
const misdeeds: Readonly<Record<string, (response: ServerResponse) => void>> = {
  "/hangs": () => {},
  "/stops-in-its-head": (response) => void response.socket?.write("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"),
  "/resets": (response) => void response.socket?.resetAndDestroy(),
  "/breaks/measured": (response) => breakOff(response, { "content-length": "1000000" }),
  "/breaks/chunked": (response) => breakOff(response, {}),
  "/data/breaks": (response) => breakOff(response, { "content-type": "application/json" }),
};

function breakOff(response: ServerResponse, headers: Record<string, string>): void {
  response.writeHead(200, { "content-type": "text/html; charset=utf-8", ...headers });
  response.write(pageText);
  setTimeout(() => response.socket?.resetAndDestroy(), 50);
}

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = (request.url ?? "").split("?", 1)[0] ?? "";
    const misdeed = Object.hasOwn(misdeeds, path) ? misdeeds[path] : undefined;
    if (misdeed !== undefined) return misdeed(response);
    response.setHeader("content-type", "text/html; charset=utf-8");
    setTimeout(() => response.end(pageText), path === "/arms" ? 0 : originMs);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server?.closeAllConnections();
  server?.close();
});

const setText = (selector: string, value: string) => ({ operations: [{ selector, action: "setText", value }] });
const everybody = (path: string, on: object) => ({ kind: "rollout", routes: [path], variants: { on } });

const configuration = (changes: object = {}) => ({
  site: "shop",
  hosts: ["*"],
  origin,
  originTimeoutMs,
  experiences: {
    hello: everybody("/*", setText("h1", "Ours")),
    data: {
      ...everybody("/data/*", {}),
      routes: [{ path: "/data/*", surface: "json" }],
      variants: { on: { operations: [{ pointer: "/a", action: "set", value: 1 }] } },
    },
    known: {
      ...everybody("/known", setText(".known", "a buyer")),
      kind: "personalization",
      audience: { when: { "event.order.count": { $gte: 1 } } },
    },
    arms: {
      kind: "experiment",
      routes: ["/arms"],
      variants: { control: {}, a: setText("#arm", "a"), b: setText("#arm", "b") },
    },
  },
  ...changes,
});

const sites: BareSite[] = [];
afterAll(() => Promise.all(sites.map((site) => site.stop())));

async function started(release?: Release, prepare?: Parameters<typeof startBare>[2]): Promise<BareSite> {
  const site = await startBare(release ?? (await released(configuration())), origin, prepare);
  sites.push(site);
  return site;
}

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const cookieOf = (visitor: string): string =>
  `caramel=${signed(visit({ v: visitor, f: Date.now() - 1000, n: [1, Date.now() - 1000, Date.now() - 1000] }))}`;

/** A page, and how much later than the origin it came. */
async function page({ port }: BareSite, path: string, cookie = "") {
  const startMs = performance.now();
  const headers = { "user-agent": firefox, ...(cookie === "" ? {} : { cookie }) };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
  const text = await response.text();
  return { response, text, lateMs: performance.now() - startMs - originMs };
}

const moods: readonly Exclude<Mood, "well">[] = ["failing", "hanging", "gone"];
const isOrigins = (text: string): boolean => text === pageText;
const isOurs = (text: string): boolean => text === pageText.replace("Origin's", "Ours");

// A busy machine may be late once, a fault of ours is late each time: hence another try.
describe("a cold isolate", { retry: 2 }, () => {
  it.for(moods)("with KV %s serves the origin's pages in time", async (mood, { expect }) => {
    const site = await started(undefined, ({ kv }) => {
      kv.mood = mood;
    });
    for (const path of ["/", "/again"]) {
      const { response, text, lateMs } = await page(site, path);
      expect([response.status, isOrigins(text)]).toEqual([200, true]);
      expect(lateMs).toBeLessThan(latenessMs);
    }
    const all = await Promise.all(Array.from({ length: 20 }, () => page(site, "/")));
    expect(all.every(({ response, text }) => response.status === 200 && isOrigins(text))).toBe(true);
  });

  it.for(moods)("with D1 and queue %s is personalised in time", async (mood, { expect }) => {
    const site = await started(undefined, ({ queue, d1 }) => {
      queue.mood = mood;
      d1.mood = mood;
    });
    for (const path of ["/", "/again"]) {
      const { response, text, lateMs } = await page(site, path);
      expect([response.status, isOurs(text)]).toEqual([200, true]);
      expect(lateMs).toBeLessThan(latenessMs);
    }
  });
});

describe("a cold isolate whose first request is a health check", () => {
  it("has its release when KV answers late: the look-up goes on behind the check", async ({ expect }) => {
    const site = await started(undefined, ({ kv }) => {
      kv.mood = "hanging";
    });
    const health = async (): Promise<{ release: string | null }> =>
      (await fetch(`http://127.0.0.1:${site.port}/_caramel/health`)).json();
    const checking = health();
    await until(() => site.kv.asked.length === 2);
    site.kv.mood = "well";
    // The check is over before KV answers for the release.
    site.kv.answerAfter(0, /health/);
    site.kv.answerAfter(400, /bulk/);
    expect((await checking).release).toBeNull();
    await expect.poll(async () => isOurs((await page(site, "/")).text), { timeout: 5000 }).toBe(true);
  });
});

describe("a warm isolate", () => {
  let site: BareSite;
  const cookie = cookieOf("visitor-known-0000001");
  beforeAll(async () => {
    site = await warmed(await started());
  });

  it.for((["kv", "queue", "d1"] as const).flatMap((store) => moods.map((mood) => [store, mood] as const)))(
    "with %s %s goes on personalising in time",
    { retry: 2 },
    async ([store, mood], { expect }) => {
      site[store].mood = mood;
      // The second needs a stored fact, which KV may not give; the last is new and sends an exposure.
      for (const [path, known] of [
        ["/", cookie],
        ["/known", cookie],
        ["/", ""],
      ] as const) {
        const { response, text, lateMs } = await page(site, path, known);
        expect([response.status, isOurs(text)]).toEqual([200, true]);
        expect(lateMs).toBeLessThan(latenessMs);
      }
      const all = await Promise.all(Array.from({ length: 20 }, () => page(site, "/known", cookie)));
      expect(all.every(({ response, text }) => response.status === 200 && isOurs(text))).toBe(true);
      site[store].mood = "well";
    },
  );

  it("sends what happened once the queue is well again", async ({ expect }) => {
    await page(site, "/");
    expect(await until(() => JSON.stringify(site.messages).includes('"experience":"hello"'))).toBe(true);
  });
});

describe("who a visitor is", () => {
  it("decides the same in two cold processes, and on the first page as on the second", async ({ expect }) => {
    const release = await released(configuration());
    const [one, other] = [await warmed(await started(release)), await warmed(await started(release))];
    const armOf = (text: string): string => /<p id=arm>(\w+)/.exec(text)?.[1] ?? "";
    const seen = new Set<string>();
    for (let count = 0; count < 30; count += 1) {
      const cookie = cookieOf(`visitor-${count}-0000000001`);
      const arms = [await page(one, "/arms", cookie), await page(other, "/arms", cookie)].map(({ text }) =>
        armOf(text),
      );
      expect(arms[0]).toBe(arms[1]);
      seen.add(arms[0] ?? "");

      const first = await page(one, "/arms");
      const [given = ""] = first.response.headers.getSetCookie().map((line) => line.split(";")[0] ?? "");
      expect(given).toMatch(/^caramel=/);
      expect(armOf((await page(other, "/arms", given)).text)).toBe(armOf(first.text));
    }
    expect([...seen].sort()).toEqual(["a", "b", "none"]);
  });
});

describe("a release that arrives", () => {
  const next = { experiences: { hello: everybody("/*", setText("h1", "Next")) } };
  /** Longer than an isolate takes a pointer for fresh. */
  const refreshMs = 5_200;

  /** What arrives under the new release's id, and whether it may go live. */
  const arrivals: readonly (readonly [string, (release: Release) => string | null, boolean])[] = [
    ["is whole", (release) => JSON.stringify(release), true],
    ["is missing", () => null, false],
    ["is cut off", (release) => JSON.stringify(release).slice(0, -40), false],
    ["is empty", () => "", false],
    ["is another one", (release) => JSON.stringify({ ...release, id: "r_00000000000000000000" }), false],
    ["is of another shape", (release) => JSON.stringify({ ...release, shape: 99 }), false],
    ["is not what was hashed", (release) => JSON.stringify(release).replace('"Next"', '"Evil"'), false],
    ["does not compile", (release) => JSON.stringify(release), false],
  ];

  it("goes live if it is whole; else the good one stays", async ({ expect }) => {
    // One site for each, behind one isolate.
    const own = (at: number) => ({ site: `shop-${at}`, hosts: [`shop-${at}.example`] });
    const site = await started();
    for (const at of arrivals.keys()) publishInto(site.values, await released(configuration(own(at))));
    const heading = async (at: number) => {
      const answer = await exchange(site.port, `GET / HTTP/1.1\r\nHost: shop-${at}.example\r\n\r\n`);
      return [answer.status, /<h1>(.*)<\/h1>/.exec(answer.body.toString())?.[1]];
    };
    const headings = () => Promise.all([...arrivals.keys()].map(heading));
    // A cold isolate on a busy machine may need a second page.
    await expect.poll(headings, { timeout: 10_000 }).toEqual(arrivals.map(() => [200, "Ours"]));

    for (const [at, [name, textOf]] of arrivals.entries()) {
      const good = await released({ ...configuration(next), ...own(at) });
      const broken = await releasedAs({ ...good.content, experiences: { hello: null as never } });
      const release = name === "does not compile" ? broken : good;
      const text = textOf(release);
      publishInto(site.values, release, text ?? "");
      if (text === null) site.values.delete(releaseKey(release.id));
    }
    await wait(refreshMs);
    // The first page asks for it, the next one has it.
    await headings();
    await wait(100);
    expect(await headings()).toEqual(arrivals.map(([, , goesLive]) => [200, goesLive ? "Next" : "Ours"]));
  });

  it("with a place that the platform does not know leaves that place as it was, and all else acts", async ({
    expect,
  }) => {
    const experiences = {
      odd: everybody("/*", setText("h1:has(a)", "x")),
      data: everybody("/*", { operations: [{ within: "script:has(a)", pointer: "/a", action: "set", value: "x" }] }),
      hello: everybody("/*", setText("h1", "Ours")),
    };
    const site = await warmed(await started(await released(configuration({ experiences }))));
    const { response, text } = await page(site, "/");
    expect([response.status, isOurs(text)]).toEqual([200, true]);
    expect(await until(() => /"stage":"render".*h1:has.*\n.*"stage":"render".*script:has/.test(site.logged()))).toBe(
      true,
    );
  });

  it("at which a stage of ours throws leaves the origin's page, and says that we stood aside", async ({ expect }) => {
    const { content } = await released(configuration());
    const site = await warmed(
      await started(await releasedAs({ ...content, site: { ...content.site, cookie: null as never } })),
    );
    const { response, text } = await page(site, "/");
    expect([response.status, isOrigins(text), response.headers.get("x-caramel")]).toEqual([200, true, "bypass;error"]);
    expect(site.logged()).toContain('"stage":"decide"');
  });
});

describe("an origin", () => {
  let site: BareSite;
  beforeAll(async () => {
    site = await warmed(await started());
  });
  const ask = (path: string) => exchange(site.port, get(path, `User-Agent: ${firefox}`, "Accept: text/html"));

  it("that refuses is answered for with 502", async ({ expect }) => {
    const nobody = await warmed(await started(await released(configuration({ origin: "http://127.0.0.1:1" }))));
    const answer = await exchange(nobody.port, get("/"));
    expect([answer.status, answer.complete, valuesOf(answer, "x-caramel")]).toEqual([
      502,
      true,
      ["bypass;origin_unreachable"],
    ]);
  });

  it("that resets is answered for with 502", async ({ expect }) => {
    const answer = await ask("/resets");
    expect([answer.status, answer.complete]).toEqual([502, true]);
  });

  it.for(["/hangs", "/stops-in-its-head"])(
    "that %s is answered for with 504 in the site's time",
    async (path, { expect }) => {
      const startMs = performance.now();
      const answer = await ask(path);
      const tookMs = performance.now() - startMs;
      expect([answer.status, answer.complete, valuesOf(answer, "x-caramel")]).toEqual([
        504,
        true,
        ["bypass;origin_timeout"],
      ]);
      expect(tookMs).toBeGreaterThan(originTimeoutMs - 20);
      expect(tookMs).toBeLessThan(originTimeoutMs + 1000);
    },
  );

  it.for(["/breaks/measured", "/breaks/chunked", "/data/breaks"])(
    "that breaks off never looks complete: %s",
    async (path, { expect }) => {
      const answer = await ask(path);
      expect(answer.complete && answer.status === 200).toBe(false);
      // What had come was handed on, and rewritten.
      if (path !== "/data/breaks") expect(answer.body.toString()).toContain("<h1>Ours</h1>");
    },
  );

  it("that a visitor leaves in the middle of a page is not read on", async ({ expect }) => {
    let isClosed = false;
    const endless = createServer((_, response) => {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
      const timer = setInterval(() => response.write(`<p>${"more ".repeat(2000)}`), 10);
      response.on("close", () => {
        clearInterval(timer);
        isClosed = true;
      });
    });
    await new Promise<void>((resolve) => endless.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(endless.address() as AddressInfo).port}`;
    const reading = await warmed(await started(await released(configuration({ origin: url }))));
    const socket = open(reading.port, get("/", `User-Agent: ${firefox}`));
    let bytes = 0;
    socket.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
    expect(await until(() => bytes > 30_000)).toBe(true);
    socket.destroy();
    expect(await until(() => isClosed)).toBe(true);
    endless.close();
  });
});
