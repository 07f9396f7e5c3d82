import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { migrate } from "../store/migrated.ts";
import { bookshopOnly, caller, controlPorts, nowMs, siteFile } from "./api.ts";

const clock = { nowMs };
const ports = controlPorts({ now: () => clock.nowMs });
const call = caller(ports);
const visitor = "night-reader-000000002";
const seeds = [{ visitor, traits: { a: 1 } }];
const begunRows = async () =>
  await env.DB.prepare("SELECT count(*) AS n FROM audit WHERE outcome = 'begun' AND site = 'bookshop'").first<number>(
    "n",
  );

let keys = 0;
const key = () => ({ "idempotency-key": `key-${++keys}` });

beforeAll(async () => {
  await migrate();
  await call("PUT", "/sites/bookshop/draft", { body: siteFile() });
});

describe("a POST with an Idempotency-Key", () => {
  it("is done once, and answered alike each time", async ({ expect }) => {
    const headers = key();
    const first = await call("POST", "/sites/bookshop/releases", { headers });
    const rows = await begunRows();
    const second = await call("POST", "/sites/bookshop/releases", { headers });
    expect([first.status, first.headers.get("idempotency-replayed")]).toEqual([201, null]);
    expect([second.status, second.json, second.headers.get("idempotency-replayed")]).toEqual([201, first.json, "true"]);
    expect(second.headers.get("content-type")).toBe("application/json");
    expect(await begunRows()).toBe(rows);
  });

  it("is done once though it is asked ten times at once", async ({ expect }) => {
    const headers = key();
    const before = (await begunRows()) ?? 0;
    const asked = () => call("POST", "/sites/bookshop/visitors", { headers, body: seeds });
    const statuses = (await Promise.all(Array.from({ length: 10 }, asked))).map(({ status }) => status);
    expect(await begunRows()).toBe(before + 1);
    expect(statuses.filter((status) => status !== 200 && status !== 409)).toEqual([]);
    expect(statuses).toContain(200);
  });

  it.for([
    ["another body", "/sites/bookshop/visitors", [{ visitor, traits: { a: 2 } }]],
    ["another address", "/sites/bookshop/releases", seeds],
    ["another query", "/sites/bookshop/visitors?x=1", seeds],
  ] as const)("is refused for %s", async ([, path, body], { expect }) => {
    const headers = key();
    await call("POST", "/sites/bookshop/visitors", { headers, body: seeds });
    const { status, json } = await call("POST", path, { headers, body });
    expect([status, json.title]).toEqual([422, "The key has been used"]);
  });

  it("is the caller's own: somebody else's same key is another", async ({ expect }) => {
    const headers = key();
    await call("POST", "/sites/bookshop/visitors", { headers, body: seeds });
    const other = await call("POST", "/sites/bookshop/visitors", { headers, body: [{ visitor }], token: bookshopOnly });
    expect([other.status, other.headers.get("idempotency-replayed")]).toEqual([200, null]);
  });

  it("is refused again when it was refused, and tried again when we failed", async ({ expect }) => {
    const headers = key();
    const bad = { headers, body: [{ visitor: "short" }] };
    const first = await call("POST", "/sites/bookshop/visitors", bad);
    const again = await call("POST", "/sites/bookshop/visitors", bad);
    expect([first.status, again.status, again.headers.get("idempotency-replayed")]).toEqual([422, 422, "true"]);
    const failing = key();
    const seed = () => Promise.reject(new Error("D1 is down"));
    const broken = caller({ ...ports, visitors: { ...ports.visitors, seed } });
    expect((await broken("POST", "/sites/bookshop/visitors", { headers: failing, body: seeds })).status).toBe(500);
    const after = await call("POST", "/sites/bookshop/visitors", { headers: failing, body: seeds });
    expect([after.status, after.headers.get("idempotency-replayed")]).toEqual([200, null]);
  });

  it("is forgotten after a day", async ({ expect }) => {
    const headers = key();
    const send = () => call("POST", "/sites/bookshop/visitors", { headers, body: seeds });
    await send();
    clock.nowMs += 86_400_000 - 1;
    expect((await send()).headers.get("idempotency-replayed")).toBe("true");
    clock.nowMs += 2;
    expect((await send()).headers.get("idempotency-replayed")).toBeNull();
  });

  it("never gives a secret twice, and keeps none", async ({ expect }) => {
    const headers = key();
    const body = { name: "once", roles: ["viewer"] };
    const made = await call("POST", "/sites/bookshop/tokens", { headers, body });
    const again = await call("POST", "/sites/bookshop/tokens", { headers, body });
    expect([made.status, again.status, again.json.title]).toEqual([201, 409, "Shown once only"]);
    const rows = JSON.stringify((await env.DB.prepare("SELECT * FROM replays").all()).results);
    expect(rows).not.toContain(made.json.token.slice(18));
    const { json } = await call("GET", "/sites/bookshop/tokens");
    expect(json.tokens.filter(({ name }: { name: string }) => name === "once")).toHaveLength(1);
    const shown = key();
    for (let time = 0; time < 2; time += 1)
      expect((await call("POST", "/sites/bookshop/identify-key", { headers: shown })).json.key).toBe("key of bookshop");
    expect(JSON.stringify((await env.DB.prepare("SELECT * FROM replays").all()).results)).not.toContain(
      "key of bookshop",
    );
  });

  it.for(["", "x".repeat(256), "a b"])("has a key that is one: %j", async (given, { expect }) => {
    const headers = { "idempotency-key": given };
    expect((await call("POST", "/sites/bookshop/visitors", { headers, body: seeds })).status).toBe(400);
  });

  it("is asked for rights each time", async ({ expect }) => {
    const headers = key();
    await call("POST", "/sites/bookshop/visitors", { headers, body: seeds });
    expect(
      (await call("POST", "/sites/bookshop/visitors", { headers, body: seeds, token: "x".repeat(40) })).status,
    ).toBe(401);
  });
});

describe("a list", () => {
  it.for([
    ["/sites", "sites", "site"],
    ["/sites/bookshop/releases", "releases", "id"],
    ["/sites/bookshop/tokens", "tokens", "id"],
    ["/sites/bookshop/people", "people", "person"],
    ["/tokens", "tokens", "id"],
    ["/people", "people", "person"],
    ["/sites/bookshop/audit", "rows", "seq"],
  ] as const)("%s is the same in pages as whole", async ([path, name, id], { expect }) => {
    await fill();
    const whole = await call("GET", `${path}?limit=500`);
    expect([whole.status, whole.json.next]).toEqual([200, null]);
    const found: unknown[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const { json } = await call("GET", `${path}?limit=2${cursor && `&cursor=${cursor}`}`);
      expect(json[name].length).toBeLessThanOrEqual(2);
      found.push(...json[name]);
      cursor = json.next;
    }
    expect(found.length).toBeGreaterThan(2);
    expect(found).toEqual(whole.json[name]);
    expect(new Set(found.map((item) => (item as Record<string, unknown>)[id])).size).toBe(found.length);
  });

  it.for([
    "limit=0",
    "limit=501",
    "limit=-1",
    "limit=1e2",
    "limit=x",
    "cursor=x",
    "cursor=%00",
    "cursor=MQ",
    `cursor=${"x".repeat(1001)}`,
  ])("is refused by ?%s", async (query, { expect }) => {
    for (const path of ["/sites", "/sites/bookshop/releases", "/tokens", "/sites/bookshop/audit"])
      expect([path, (await call("GET", `${path}?${query}`)).status]).toEqual([path, 400]);
  });

  it("does not take another list's cursor for its own number", async ({ expect }) => {
    const { json } = await call("GET", "/sites?limit=1");
    expect((await call("GET", `/sites/bookshop/audit?cursor=${json.next}`)).status).toBe(400);
  });
});

let isFilled = false;
async function fill(): Promise<void> {
  if (isFilled) return;
  isFilled = true;
  for (const site of ["arts", "books", "cards"]) {
    await call("PUT", `/sites/${site}/draft`, { body: siteFile(site) });
    await call("PUT", `/sites/bookshop/people/${site}@books.example`, { body: { roles: ["author"] } });
    await call("PUT", `/people/${site}@books.example`, { body: { roles: ["viewer"] } });
    await call("POST", "/sites/bookshop/tokens", { body: { name: site, roles: ["viewer"] } });
    await call("PUT", "/sites/bookshop/draft", { body: siteFile("bookshop", { audiences: { [site]: { when: {} } } }) });
    await call("POST", "/sites/bookshop/releases");
  }
}
