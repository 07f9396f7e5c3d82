import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, it, vi } from "vitest";
import type { Env } from "../../src/env.ts";
import worker from "../../src/index.ts";
import { migrate } from "../store/migrated.ts";

/** The whole Worker, on real local D1 and KV: what an operator does when something burns. */
const origin = "https://origin.example";
const page = "<!doctype html><h1>Books</h1>";
const token = "an-operators-token-of-32-characters";

beforeAll(migrate);
afterEach(() => vi.unstubAllGlobals());

/** What goes into the queue is another test's. */
const queue = { send: async () => {}, sendBatch: async () => {} } as unknown as Queue;

/** A new isolate, as far as the Worker can tell: nothing remembered. */
const deployment = (changes: Partial<Env> = {}): Env => ({
  KV: env.KV,
  DB: env.DB,
  VISITORS: env.VISITORS,
  EVENTS: queue,
  VISIT_KEY: "a secret of at least 32 characters!!",
  ADMIN_TOKEN: token,
  ...changes,
});

const down = new Proxy({} as D1Database, {
  get: (_, name) => {
    if (name === "withSession") return undefined;
    return () => {
      throw new Error("D1 is down");
    };
  },
});
const hanging = {
  prepare: () => ({ bind: () => ({ first: () => new Promise(() => {}) }), first: () => new Promise(() => {}) }),
} as never;

function at(deployed: Env) {
  vi.stubGlobal("fetch", async () => new Response(page, { headers: { "content-type": "text/html; charset=utf-8" } }));
  const work: Promise<unknown>[] = [];
  const context = {
    waitUntil: (one: Promise<unknown>) => void work.push(one),
    passThroughOnException: () => {},
    props: {},
  };
  const ask = async (url: string, init: RequestInit = {}) => {
    const response = await worker.fetch(new Request(url, init), deployed, context as never);
    const text = await response.text();
    await Promise.all(work);
    return { status: response.status, headers: response.headers, text };
  };
  const admin = (method: string, path: string, body: unknown = {}, as = token) =>
    ask(`https://any.example/_caramel/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${as}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  return { ask, admin };
}

async function publish(site: string): Promise<void> {
  const { admin } = at(deployment());
  const operations = [{ selector: "h1", action: "setText", value: "Hello" }];
  const hero = { kind: "rollout", routes: ["/"], variants: { on: { operations } } };
  await admin("PUT", `/sites/${site}/draft`, { site, hosts: [`${site}.example`], origin, experiences: { hero } });
  await admin("POST", `/sites/${site}/releases`);
}

describe("the kill switch", () => {
  // Each throw of the switch waits three seconds for a D1 that hangs.
  it.for([
    ["up", {}],
    ["down", { DB: down, VISITORS: down }],
    ["hanging", { DB: hanging, VISITORS: hanging }],
  ] as const)(
    "works with D1 %s: every page is the origin's own, and back again",
    { timeout: 20_000 },
    async ([name, changes], { expect }) => {
      const site = `kill-${name}`;
      const url = `https://${site}.example/`;
      await publish(site);
      expect((await at(deployment(changes)).ask(url)).text).toContain("Hello");

      const killed = await at(deployment(changes)).admin("POST", `/sites/${site}/kill`, { killed: true });
      expect([killed.status, JSON.parse(killed.text)]).toEqual([
        200,
        { site, killed: true, atEdge: true, inDatabase: name === "up" },
      ]);
      const after = await at(deployment(changes)).ask(url);
      expect([after.text, after.headers.get("x-caramel"), after.headers.getSetCookie()]).toEqual([
        page,
        "bypass;killed",
        [],
      ]);

      await at(deployment(changes)).admin("POST", `/sites/${site}/kill`, { killed: false });
      expect((await at(deployment(changes)).ask(url)).text).toContain("Hello");
    },
  );

  it("that was thrown without D1 stays thrown when D1 is back and somebody publishes", async ({ expect }) => {
    await publish("stays");
    await at(deployment({ DB: down })).admin("POST", "/sites/stays/kill", { killed: true });
    await publish("stays");
    expect((await at(deployment()).ask("https://stays.example/")).headers.get("x-caramel")).toBe("bypass;killed");
  });

  it("is nobody's without the token", async ({ expect }) => {
    await publish("guarded");
    const { admin, ask } = at(deployment({ DB: down }));
    expect((await admin("POST", "/sites/guarded/kill", { killed: true }, "x".repeat(35))).status).toBe(401);
    expect((await ask("https://guarded.example/")).text).toContain("Hello");
  });
});

describe("health", () => {
  it("names the live release and says that everything answers", async ({ expect }) => {
    await publish("well");
    const { status, text, headers } = await at(deployment()).ask("https://well.example/_caramel/health");
    expect([status, headers.get("cache-control")]).toEqual([200, "no-store"]);
    expect(JSON.parse(text)).toEqual({
      ok: true,
      site: "well",
      release: expect.stringMatching(/^r_[0-9a-f]{20}$/),
      killed: false,
      checkedMsAgo: expect.any(Number),
      publishedAt: expect.stringMatching(/^20\d\d-/),
      dependencies: { kv: "ok", configuration: "ok", visitors: "ok" },
    });
  });

  it("says nothing secret: neither origin nor configuration", async ({ expect }) => {
    await publish("quiet");
    const { text } = await at(deployment()).ask("https://quiet.example/_caramel/health");
    for (const secret of [origin, "hero", token, "setText"]) expect(text).not.toContain(secret);
  });

  it.for([
    ["down", down],
    ["hanging", hanging],
  ] as const)("says which dependency is away while pages go on: D1 %s", async ([name, db], { expect }) => {
    await publish(`ill-${name}`);
    const { ask } = at(deployment({ DB: db }));
    const { status, text } = await ask(`https://ill-${name}.example/_caramel/health`);
    expect([status, JSON.parse(text).dependencies]).toEqual([503, { kv: "ok", configuration: "away", visitors: "ok" }]);
    expect((await ask(`https://ill-${name}.example/`)).text).toContain("Hello");
  });

  it("is not well on a host that no site answers for", async ({ expect }) => {
    const { status, text } = await at(deployment()).ask("https://nobody.example/_caramel/health");
    expect([status, JSON.parse(text).release]).toEqual([503, null]);
  });
});
