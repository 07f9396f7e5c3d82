import { env } from "cloudflare:workers";
import { beforeAll, it } from "vitest";
import { takeBatch } from "../../src/parts/consume.ts";
import { eventQueues } from "../../src/parts/numbered.ts";
import { migrateAll, place, rowsIn } from "../store/spread/databases.ts";
import { delivery, envelope, event } from "./deliveries.ts";
import { visitorId } from "./visitors-door.ts";

beforeAll(migrateAll);

const watch = { report: () => {}, telemetry: { answered: () => {}, looked: () => {} } };

const batchOf = (queue: string, bodies: readonly unknown[]) => {
  const messages = bodies.map((body) => delivery(body));
  return { messages, batch: { queue, messages } as unknown as MessageBatch };
};

it("visitors go to the databases that a deployment binds, by its map", async ({ expect }) => {
  await place(["", "VISITORS"], ["m", "VISITORS_1"]);
  const several = { ...env, VISITORS_1: env.SPREAD_1 };
  const people = ["ann", "zoe"].map((name) =>
    envelope(visitorId(name), { site: "wired" as never, events: [event("e1")] }),
  );
  const { batch, messages } = batchOf("events", people);
  await takeBatch(batch, several, watch);
  expect(messages.map(({ fate }) => fate)).toEqual(["ack", "ack"]);
  const found = (await rowsIn("events", "wired")).map(({ database, visitor }) => [database, visitor]);
  expect(found).toEqual([
    ["VISITORS", visitorId("ann")],
    ["VISITORS_1", visitorId("zoe")],
  ]);
});

it("a binding that the map names and the deployment lacks makes messages wait, not go astray", async ({ expect }) => {
  await place(["", "VISITORS"], ["m", "VISITORS_7"]);
  const several = { ...env, VISITORS_1: env.SPREAD_1 };
  const { batch, messages } = batchOf("events", [
    envelope(visitorId("zoe"), { site: "astray" as never, events: [event("e1")] }),
  ]);
  await takeBatch(batch, several, watch);
  expect(messages.map(({ fate }) => fate)).toEqual(["retry"]);
  expect(await rowsIn("events", "astray")).toEqual([]);
});

it("what comes from the dead letters' queue is kept with its reason", async ({ expect }) => {
  const { batch, messages } = batchOf("events-dead", [{ shape: 99, site: "wired" }]);
  await takeBatch(batch, { ...env }, watch);
  expect(messages.map(({ fate }) => fate)).toEqual(["ack"]);
  const sql = "SELECT reason FROM dead_letters WHERE site = 'wired'";
  expect(await env.VISITORS.prepare(sql).first("reason")).toContain("newer version");
});

it("queues are those that are bound without a gap", ({ expect }) => {
  const queue = (name: string) => ({ name }) as unknown as Queue;
  const bound = { ...env, EVENTS: queue("events"), EVENTS_1: queue("one"), EVENTS_3: queue("three") };
  expect(eventQueues(bound)).toEqual([{ name: "events" }, { name: "one" }]);
});
