import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { takeDeadLetters } from "../../src/collect/dead-letters.ts";
import type { Envelope } from "../../src/core/event.ts";
import type { SiteKey } from "../../src/core/ids.ts";
import { createDeadLetterStore, type Kept } from "../../src/store/dead-letters.ts";
import { createPrivacyStore } from "../../src/store/privacy.ts";
import { createVisitorStore } from "../../src/store/visitors.ts";
import { caller, controlPorts } from "../control/api.ts";
import { crashAfter, crashingDb } from "../store/crashing.ts";
import { migrate } from "../store/migrated.ts";
import { delivery, envelope, event } from "./deliveries.ts";
import { consumerStores, everything, nowMs, profiles, visitorId } from "./visitors-door.ts";

beforeAll(migrate);

const letters = createDeadLetterStore(env.VISITORS);
const privacy = createPrivacyStore(env.VISITORS, profiles);

const messagesOf = (site: string, count: number): Envelope[] =>
  Array.from({ length: count }, (_, at) =>
    envelope(visitorId(`dead-${at}-`), { site: site as SiteKey, events: [event(`e-${at}`, { name: "buy" })] }),
  );

/** The consumer with D1 refusing what is written. */
const refusing = {
  ...consumerStores,
  visitors: {
    ...createVisitorStore(env.VISITORS),
    write: () => Promise.reject(new Error("D1 is full")),
  },
};

async function takeIn(bodies: readonly unknown[], stores: typeof consumerStores = consumerStores, attempts = 1) {
  const failures: string[] = [];
  const failed = (error: unknown) => failures.push(String(error));
  const deliveries = bodies.map((body) => delivery(structuredClone(body), attempts));
  await takeDeadLetters(deliveries, { ...stores, failed, keep: letters.keep }, nowMs);
  return { fates: deliveries.map(({ fate }) => fate), failures };
}

const eventsOf = async (site: string) => (await everything(site)).events?.length;

describe("a message that the consumer has given up", () => {
  it("is tried once more, and then it is no dead letter", async ({ expect }) => {
    expect((await takeIn(messagesOf("mended", 2))).fates).toEqual(["ack", "ack"]);
    expect([await letters.count("mended"), await eventsOf("mended")]).toEqual([0, 2]);
  });

  it("is kept with the reason and the time, once however often it comes", async ({ expect }) => {
    const messages = messagesOf("kept", 2);
    await takeIn(messages, refusing);
    expect((await takeIn(messages, refusing)).fates).toEqual(["ack", "ack"]);
    const [first, ...others] = await letters.list("kept", nowMs, 10);
    expect(first).toMatchObject({ site: "kept", reason: "Error: D1 is full", times: 2, atMs: nowMs });
    expect(first?.body).toEqual(messages.find(({ visitor }) => visitor === first?.visitor));
    expect(others).toHaveLength(1);
  });

  it("that ended the Worker is not tried again", async ({ expect }) => {
    await takeIn(messagesOf("deadly", 1), consumerStores, 2);
    expect(await letters.list("deadly", nowMs, 10)).toMatchObject([
      { reason: "Trying it again did not come to an end" },
    ]);
    expect(await eventsOf("deadly")).toBe(0);
  });

  it("of a newer version is kept as it is", async ({ expect }) => {
    const newer = { shape: 99, site: "newer", visitor: "v", what: ["we", "do", "not", "know"] };
    await takeIn([newer]);
    expect(await letters.list("newer", nowMs, 10)).toMatchObject([
      { body: newer, reason: expect.stringContaining("newer version") },
    ]);
  });

  it("of somebody who was erased is not kept, and what was kept of them is erased", async ({ expect }) => {
    const [message] = messagesOf("forgotten", 1);
    await takeIn([message], refusing);
    const who = { visitor: visitorId("dead-0-"), site: "forgotten" as SiteKey };
    expect((await privacy.holdings(who)).deadLetters).toHaveLength(1);
    await privacy.erase(who, nowMs);
    expect(await letters.count("forgotten")).toBe(0);
    expect((await takeIn([message], refusing)).fates).toEqual(["ack"]);
    expect(await letters.count("forgotten")).toBe(0);
  });

  it("stays in its queue where there is no room, or the store is away", async ({ expect }) => {
    const one = delivery(messagesOf("full", 1)[0]);
    const failures: string[] = [];
    const stores = { ...refusing, failed: (error: unknown) => failures.push(String(error)) };
    await takeDeadLetters([one], { ...stores, keep: async (): Promise<Kept> => "full" }, nowMs);
    expect([one.fate, failures.at(-1)]).toEqual(["retry", expect.stringContaining("no room")]);
    await takeDeadLetters([one], { ...stores, keep: () => Promise.reject(new Error("away")) }, nowMs);
    expect(one.fate).toBe("retry");
  });

  it("finds no room when ten thousand are kept, unless it is one of them", { timeout: 60_000 }, async ({ expect }) => {
    const fill = `INSERT INTO dead_letters (id, site, visitor, body, reason, times, at_ms)
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) SELECT 'x' || i, 'crowd', NULL, '{}', '', 1, 0 FROM n`;
    await letters.keep({ site: "early" }, "", nowMs);
    await env.VISITORS.prepare(fill).run();
    expect(await letters.keep({ site: "late" }, "", nowMs)).toBe("full");
    expect(await letters.keep({ site: "early" }, "", nowMs)).toBe("kept");
    await env.VISITORS.prepare("DELETE FROM dead_letters WHERE site = 'crowd'").run();
  });
});

describe("replaying", () => {
  it("counts every event once, though it dies at any step and is asked for again", async ({ expect }) => {
    await takeIn(messagesOf("replayed", 5), refusing);
    const queue: unknown[] = [];
    const away = async () => Promise.reject(new Error("the queue is away"));
    const without = controlPorts({ now: () => nowMs, deadLetters: { ...letters, resend: away } });
    expect((await caller(without)("POST", "/sites/replayed/dead-letters/replay", { body: {} })).status).toBe(500);
    expect(await letters.count("replayed")).toBe(5);
    for (let step = 0; step < 5; step += 1) {
      const db = crashingDb(env.VISITORS, crashAfter(step, step % 2 === 0));
      const ports = controlPorts({
        now: () => nowMs,
        deadLetters: {
          ...createDeadLetterStore(db),
          resend: async (bodies) => void queue.push(...structuredClone(bodies)),
        },
      });
      await caller(ports)("POST", "/sites/replayed/dead-letters/replay", { body: {} });
      if (step === 2) expect(queue.length).toBeGreaterThan(0);
      // A letter that has come again since it was read is not removed by who read it before.
      if (step === 1) await takeIn(messagesOf("replayed", 1), refusing);
    }
    expect(await letters.count("replayed")).toBe(0);
    await takeIn(queue);
    await takeIn(queue);
    expect(await eventsOf("replayed")).toBe(5);
  });

  it("removes no letter that has come again since it was read", async ({ expect }) => {
    await takeIn(messagesOf("again", 2), refusing);
    const read = await letters.list("again", nowMs, 10);
    await takeIn(messagesOf("again", 1), refusing);
    await letters.remove(read);
    expect(await letters.list("again", nowMs, 10)).toMatchObject([{ visitor: visitorId("dead-0-"), times: 2 }]);
  });

  it("is the site's own, and shows names rather than values", async ({ expect }) => {
    const call = caller();
    await takeIn(messagesOf("bookshop", 1), refusing);
    const listed = await call("GET", "/sites/bookshop/dead-letters");
    expect(listed.json).toMatchObject({ total: 1, letters: [{ events: ["buy"], reason: "Error: D1 is full" }] });
    expect(JSON.stringify(listed.json)).not.toContain("body");
    const replayed = await call("POST", "/sites/bookshop/dead-letters/replay", { body: { until: nowMs } });
    expect(replayed.json).toEqual({ site: "bookshop", sent: 1, left: 0 });
    expect((await call("POST", "/sites/bookshop/dead-letters/replay", { body: { all: true } })).status).toBe(422);
  });
});
