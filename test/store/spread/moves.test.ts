import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, it } from "vitest";
import { consume } from "../../../src/collect/consume.ts";
import type { SiteKey, VisitorId } from "../../../src/core/ids.ts";
import { delivery, envelope, event } from "../../collect/deliveries.ts";
import { crashAfter, crashingDb } from "../crashing.ts";
import { all, isolate, migrateAll, movesOver, place, rowsIn, storesOver } from "./databases.ts";

beforeAll(migrateAll);
beforeEach(async () => {
  for (const db of Object.values(all)) {
    const tables = [
      "events",
      "profiles",
      "identities",
      "consents",
      "tombstones",
      "departed",
      "movers",
      "moves",
      "places",
      "leftovers",
    ];
    await db.batch(tables.map((table) => db.prepare(`DELETE FROM ${table}`)));
  }
});

const site = "shop" as SiteKey;
const nameOf = (who: number): VisitorId => `${"ANaz"[who % 4]}${String(who).padStart(21, "0")}` as VisitorId;
const nowMs = 1_700_000_000_000;

const messagesOf = (visitors: number, label: string) =>
  Array.from({ length: visitors }, (_, who) =>
    envelope(nameOf(who), { events: [event(`${label}-a-${who}`), event(`${label}-b-${who}`, { name: "buy" })] }),
  );

async function takeIn(messages: readonly ReturnType<typeof envelope>[], databases = isolate()) {
  const deliveries = messages.map((one) => delivery(structuredClone(one)));
  await consume(deliveries, storesOver(databases), nowMs);
  return deliveries;
}

/** Databases that fail for ever after so many calls, whichever of them is called. */
function dying(steps: number, clock: { nowMs: number }, lostAnswer = false) {
  const crash = crashAfter(steps, lostAnswer);
  return isolate((db) => crashingDb(db, crash), clock);
}

const placesNow = async () =>
  (await env.VISITORS.prepare("SELECT start, database, is_moving FROM places ORDER BY start").all()).results;

const whereAre = async (table: string): Promise<Record<string, number>> => {
  const rows = await rowsIn(table, site);
  return Object.fromEntries(
    Object.keys(all).map((name) => [name, rows.filter(({ database }) => database === name).length]),
  );
};

describe("moving visitors to another database", () => {
  it("takes a share of them with all that is theirs; what moved away is deleted a while later", async ({ expect }) => {
    await takeIn(messagesOf(40, "first"));
    const clock = { nowMs: 1_000_000 };
    const databases = isolate(undefined, clock);
    const moves = movesOver(databases, clock);
    expect(await moves.begin({ source: "VISITORS", target: "VISITORS_1", shareBps: 5_000 })).toMatchObject({
      ok: true,
    });
    expect(await moves.advance()).toMatchObject({ kind: "moved", move: null, rows: 20 + 40 });
    expect(await placesNow()).toMatchObject([
      { start: "", database: "VISITORS", is_moving: 0 },
      { start: nameOf(2), database: "VISITORS_1", is_moving: 0 },
    ]);
    expect(await whereAre("profiles")).toEqual({ VISITORS: 40, VISITORS_1: 20, VISITORS_2: 0 });
    expect(await moves.clean()).toBe(0);
    clock.nowMs += 61_000;
    expect(await moves.clean()).toBe(20 + 40);
    expect(await moves.clean()).toBe(0);
    expect(await whereAre("events")).toEqual({ VISITORS: 40, VISITORS_1: 40, VISITORS_2: 0 });
    await takeIn([...messagesOf(40, "first"), ...messagesOf(40, "later")]);
    expect(await whereAre("events")).toEqual({ VISITORS: 80, VISITORS_1: 80, VISITORS_2: 0 });
    const read = await storesOver(isolate()).profiles.read(nameOf(3), site);
    expect(read).toMatchObject({ events: { view: { count: 2 }, buy: { count: 2 } } });
  });

  it("makes the messages of those who are moving wait, and only theirs", async ({ expect }) => {
    await place(["", "VISITORS"], ["a", "VISITORS"]);
    await env.VISITORS.prepare("UPDATE places SET is_moving = 1 WHERE start = 'a'").run();
    const fates = (await takeIn(messagesOf(4, "x"))).map(({ fate }) => fate);
    expect(fates).toEqual(["ack", "ack", "retry", "retry"]);
  });

  it("refuses what somebody writes by an old map, and they find the visitor where they are now", async ({ expect }) => {
    await takeIn(messagesOf(8, "first"));
    const stale = isolate();
    await stale.map();
    const clock = { nowMs: 1_000_000 };
    const moves = movesOver(isolate(undefined, clock), clock);
    await moves.begin({ source: "VISITORS", target: "VISITORS_2", shareBps: 10_000 });
    await moves.advance();
    const fates = (await takeIn(messagesOf(8, "later"), stale)).map(({ fate }) => fate);
    expect(new Set(fates)).toEqual(new Set(["ack"]));
    expect(await whereAre("events")).toEqual({ VISITORS: 16, VISITORS_1: 0, VISITORS_2: 32 });
  });

  it("can be called by two at once: one moves, the other is told", async ({ expect }) => {
    await takeIn(messagesOf(8, "first"));
    const clock = { nowMs: 1_000_000 };
    const one = movesOver(isolate(undefined, clock), clock);
    const other = movesOver(isolate(undefined, clock), clock);
    await one.begin({ source: "VISITORS", target: "VISITORS_1", shareBps: 10_000 });
    expect(await other.begin({ source: "VISITORS", target: "VISITORS_2", shareBps: 10_000 })).toMatchObject({
      error: { kind: "busy" },
    });
    const kinds = (await Promise.all([one.advance(), other.advance()])).map(({ kind }) => kind);
    expect(kinds.sort()).toEqual(["busy", "moved"]);
  });

  it("can be given up in the middle: nobody has moved, and everybody is written again where they were", async ({
    expect,
  }) => {
    await takeIn(messagesOf(8, "first"));
    const clock = { nowMs: 1_000_000 };
    const moves = movesOver(isolate(undefined, clock), clock);
    await moves.begin({ source: "VISITORS", target: "VISITORS_1", shareBps: 10_000 });
    await movesOver(dying(30, clock), clock)
      .advance()
      .catch(() => null);
    clock.nowMs += 200_000;
    expect((await moves.current())?.isOpen).toBe(true);
    expect(await moves.stop()).toBe(true);
    expect(await moves.current()).toBeNull();
    expect((await takeIn(messagesOf(8, "later"))).map(({ fate }) => fate)).not.toContain("retry");
    clock.nowMs += 61_000;
    while ((await moves.clean()) > 0);
    expect(await whereAre("events")).toEqual({ VISITORS: 32, VISITORS_1: 0, VISITORS_2: 0 });
  });

  it("says why nothing can be begun", async ({ expect }) => {
    const clock = { nowMs: 1_000_000 };
    const moves = movesOver(isolate(undefined, clock), clock);
    const order = { source: "VISITORS", target: "VISITORS_1", shareBps: 5_000 };
    expect(await moves.begin({ ...order, target: "VISITORS_9" })).toMatchObject({
      error: { kind: "unknown", name: "VISITORS_9" },
    });
    expect(await moves.begin({ ...order, target: "VISITORS" })).toMatchObject({ error: { kind: "same" } });
    expect(await moves.begin(order)).toMatchObject({ error: { kind: "empty" } });
    expect(await moves.advance()).toEqual({ kind: "idle" });
  });

  it("dying at any step, with its answer lost or not, loses nothing and doubles nothing while events come in", {
    timeout: 60_000,
  }, async ({ expect }) => {
    const visitors = 12;
    await takeIn(messagesOf(visitors, "before"));
    const clock = { nowMs: 1_000_000 };
    const names = Object.keys(all);
    let round = 0;
    let deaths = 0;
    const expected = [{ label: "before" }];
    for (let step = 0; step < 72; step += 4) {
      const source = names[round % 3] ?? "";
      const target = names[(round + 1) % 3] ?? "";
      const moves = movesOver(isolate(undefined, clock), clock);
      await moves.begin({ source, target, shareBps: 6_000 });
      const [hasDied, during] = await Promise.all([
        movesOver(dying(step, clock, round % 2 === 0), clock)
          .advance()
          .then(
            () => false,
            () => true,
          ),
        takeIn(messagesOf(visitors, `r${round}`), isolate(undefined, clock)),
      ]);
      deaths += hasDied ? 1 : 0;
      clock.nowMs += 200_000;
      for (let left = 20; left > 0 && (await moves.current()) !== null; left -= 1) await moves.advance();
      const again = during.filter(({ fate }) => fate !== "ack").map(({ body }) => body as ReturnType<typeof envelope>);
      expect((await takeIn(again, isolate(undefined, clock))).filter(({ fate }) => fate !== "ack")).toEqual([]);
      expected.push({ label: `r${round}` });
      clock.nowMs += 100_000;
      while ((await moves.clean()) > 0);
      round += 1;
    }
    expect([deaths > 8, deaths < round]).toEqual([true, true]);
    const events = await rowsIn("events", site);
    expect(events.length).toBe(visitors * 2 * expected.length);
    const homes = Map.groupBy(events, ({ visitor }) => visitor as string);
    for (const own of homes.values()) expect(new Set(own.map(({ database }) => database)).size).toBe(1);
    const { profiles } = storesOver(isolate(undefined, clock));
    for (let who = 0; who < visitors; who += 1) {
      const count = expected.length;
      expect(await profiles.read(nameOf(who), site)).toMatchObject({ events: { view: { count }, buy: { count } } });
      expect(await profiles.readCopy(nameOf(who), site)).toMatchObject({ events: { view: { count }, buy: { count } } });
    }
  });
});
