import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, it } from "vitest";
import { migrate } from "../store/migrated.ts";
import { bookshopOnly, caller } from "./api.ts";

beforeAll(async () => {
  await migrate();
  await applyD1Migrations(env.SPREAD_1, env.TEST_MIGRATIONS.visitors);
});

it("databases are told of, and visitors are moved, by whoever may do so on every site", async ({ expect }) => {
  const call = caller();
  const seeds = Array.from({ length: 4 }, (_, at) => ({ visitor: `${at}`.padEnd(20, "v"), traits: { a: at } }));
  await call("POST", "/sites/bookshop/visitors", { body: seeds });
  const status = await call("GET", "/databases");
  expect(status.json).toMatchObject({
    databases: [
      { name: "VISITORS", profiles: 4, profilesChangedInLastHour: 4, eventsInLastHour: 0 },
      { name: "VISITORS_1", profiles: 0 },
    ],
    queues: 1,
    move: null,
    advice: [],
  });
  expect(status.json.databases[0].sizeBytes).toBeGreaterThan(10_000);
  const begun = await call("POST", "/databases/move", {
    body: { from: "VISITORS", to: "VISITORS_1", shareBps: 2_500 },
  });
  expect(begun.json.move).toMatchObject({ source: "VISITORS", target: "VISITORS_1", moved: 0 });
  const twice = await call("POST", "/databases/move", { body: { from: "VISITORS_1", to: "VISITORS" } });
  expect([twice.status, twice.json.title]).toEqual([409, "Conflict"]);
  expect((await call("POST", "/databases/advance", { body: {} })).json).toEqual({ kind: "moved", rows: 1, move: null });
  expect((await call("POST", "/databases/advance", { body: {} })).json).toEqual({ kind: "idle", cleaned: 0 });
  expect((await call("POST", "/databases/stop", { body: {} })).json).toEqual({ stopped: false });
  const { results } = await env.SPREAD_1.prepare("SELECT visitor FROM profiles").all();
  expect(results).toEqual([{ visitor: seeds[3]?.visitor }]);
});

it("nobody with a grant on some sites only comes near the databases", async ({ expect }) => {
  const call = caller();
  for (const [method, path] of [
    ["GET", "/databases"],
    ["POST", "/databases/move"],
    ["POST", "/databases/advance"],
    ["POST", "/databases/stop"],
  ] as const) {
    expect((await call(method, path, { token: bookshopOnly })).status, path).toBe(403);
    expect((await call(method, path, { token: null })).status, path).toBe(401);
  }
  expect((await call("PUT", "/databases/move", { body: {} })).status).toBe(405);
  expect((await call("POST", "/databases/move", { body: { from: "VISITORS" } })).status).toBe(422);
  expect((await call("POST", "/databases/move", { body: { from: "VISITORS", to: "VISITORS_7" } })).status).toBe(409);
});
