import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { type ConsumerStores, consume } from "../../src/collect/consume.ts";
import type { Envelope } from "../../src/core/event.ts";
import type { SiteKey, UserId, VisitorId } from "../../src/core/ids.ts";
import { createIdentityStore } from "../../src/store/identities.ts";
import { createMergeStore } from "../../src/store/merging.ts";
import { createProfileStore } from "../../src/store/profiles.ts";
import { createVisitorStore } from "../../src/store/visitors.ts";
import { crashAfter, crashingDb, crashingKv } from "../store/crashing.ts";
import { migrate } from "../store/migrated.ts";
import { delivery, dump, envelope, event, exposure } from "./deliveries.ts";

const nowMs = 1_700_000_100_000;
const silent = { rejected: () => {}, failed: () => {} };
const storesOn = (db: D1Database, kv: KVNamespace): ConsumerStores => ({
  visitors: createVisitorStore(db),
  identities: createIdentityStore(db),
  merging: createMergeStore(db),
  profiles: createProfileStore({ db, kv }),
  ...silent,
});
const stores = storesOn(env.VISITORS, env.KV);
const profiles = createProfileStore({ db: env.VISITORS, kv: env.KV });
const site = (name: string) => name as SiteKey;
const visitor = (name: string) => name as VisitorId;
const fates = (deliveries: readonly { fate: string | null }[]) => deliveries.map(({ fate }) => fate);

async function takeIn(envelopes: readonly Envelope[], to = stores, attempts = 1) {
  const deliveries = envelopes.map((body) => delivery(body, attempts));
  const tally = await consume(deliveries, to, nowMs);
  return { deliveries, tally };
}

beforeAll(migrate);

describe("a batch", () => {
  it("becomes ledger, exposures, profile and copy, and is acknowledged", async ({ expect }) => {
    const own = { site: site("batch"), user: "ann" as UserId };
    const { deliveries, tally } = await takeIn([
      envelope("v1", { ...own, events: [event("e1", { value: 1.5, props: { a: ["本", null] } })] }),
      envelope("v1", { ...own, exposures: [exposure("hero", { sticky: true })], events: [event("e2")] }),
    ]);
    expect(fates(deliveries)).toEqual(["ack", "ack"]);
    expect(tally).toEqual({ messages: 2, events: 2, exposures: 1, copies: 1, rejected: 0, retried: 0 });
    expect(await dump("batch")).toMatchObject({
      events: [
        { visitor: "v1", id: "e1", user: "ann", name: "view", value: 1.5, props: '{"a":["本",null]}', source: "page" },
        { id: "e2", value: null },
      ],
      exposures: [{ experience: "hero", version: 1, variant: "control", propensity_bps: 5000, sticky: 1, user: "ann" }],
    });
    const profile = await profiles.read(visitor("v1"), site("batch"));
    expect(profile?.events.view).toMatchObject({ count: 2 });
    expect(profile?.sticky).toEqual({ hero: { variant: "control", version: 1 } });
    expect(await profiles.readCopy(visitor("v1"), site("batch"))).toEqual(profile);
  });

  it("is acknowledged message by message to the queue itself", async ({ expect }) => {
    const good = envelope("v1", { site: site("real"), events: [event("e1")] });
    const messages = [good, { shape: 2 }, "nonsense"].map((body, index) => {
      return { id: `q${index}`, timestamp: new Date(nowMs), attempts: 1, body };
    });
    const batch = createMessageBatch("events", messages);
    await consume(batch.messages, stores, nowMs);
    const result = await getQueueResult(batch, createExecutionContext());
    expect(result.explicitAcks.toSorted()).toEqual(["q0", "q2"]);
    expect(result.retryMessages.map(({ msgId }) => msgId)).toEqual(["q1"]);
  });

  it("keeps apart what two sites know of one visitor", async ({ expect }) => {
    await takeIn([
      envelope("shared", { site: site("site-a"), events: [event("same")] }),
      envelope("shared", { site: site("site-b"), events: [event("same", { name: "buy" })] }),
    ]);
    expect(Object.keys((await profiles.read(visitor("shared"), site("site-a")))?.events ?? {})).toEqual(["view"]);
    expect(Object.keys((await profiles.readCopy(visitor("shared"), site("site-b")))?.events ?? {})).toEqual(["buy"]);
  });

  it("may be as large as the queue allows, for one visitor or for many", async ({ expect }) => {
    const large = (id: string) => event(id, { props: { text: "本".repeat(30_000) } });
    const all = Array.from({ length: 40 }, (_, index) =>
      envelope(index % 2 ? "one" : `v${index}`, { site: site("large"), events: [large(`e${index}`)] }),
    );
    const { tally } = await takeIn(all);
    expect(tally).toMatchObject({ events: 40, retried: 0 });
    expect((await profiles.read(visitor("one"), site("large")))?.events.view?.count).toBe(20);
  });
});

/** Three visitors' messages, with repeats of ids among them and an exposure that comes late. */
const story = (name: string): Envelope[] => {
  const own = { site: site(name) };
  return [
    envelope("a", { ...own, events: [event("e1"), event("e2", { name: "buy", atMs: 1_699_990_000_000 })] }),
    envelope("a", { ...own, events: [event("e2", { name: "buy", atMs: 1_699_990_000_000 }), event("e3")] }),
    envelope("a", { ...own, exposures: [exposure("hero", { variant: "warm", atMs: 20, sticky: true })] }),
    envelope("a", { ...own, exposures: [exposure("hero", { atMs: 10, sticky: true })], refresh: true }),
    envelope("b", { ...own, exposures: [exposure("hero"), exposure("offer")], events: [event("e1")] }),
    envelope("c", { ...own, refresh: true }),
  ];
};
const undisturbed = async (name: string) => {
  await takeIn(story(name));
  return JSON.parse(JSON.stringify(await dump(name)).replaceAll(name, "SITE")) as unknown;
};
const dumped = async (name: string) => JSON.parse(JSON.stringify(await dump(name)).replaceAll(name, "SITE")) as unknown;

describe("the effect is that of once", () => {
  it("when the same batch is delivered twice, at once or one after the other", async ({ expect }) => {
    const once = await undisturbed("twice");
    const { tally } = await takeIn(story("twice"), stores, 2);
    expect(tally).toMatchObject({ events: 0, exposures: 0, rejected: 0, retried: 0 });
    expect(await dumped("twice")).toEqual(once);
    await Promise.all([takeIn(story("at-once")), takeIn(story("at-once"))]);
    expect(await dumped("at-once")).toEqual(once);
  });

  it("when it is reordered and split", async ({ expect }) => {
    const once = await undisturbed("ordered");
    for (let turn = 0; turn < 6; turn++) {
      const name = `turned-${turn}`;
      const all = story(name);
      const turned = [...all.slice(turn), ...all.slice(0, turn)].toReversed();
      for (const part of [turned.slice(0, turn), turned.slice(turn)]) await takeIn(part);
      expect(await dumped(name)).toEqual(once);
    }
  });

  it.for([false, true])(
    "when it crashed at any step and is delivered again (answer lost: %s)",
    async (lost, { expect }) => {
      const once = await undisturbed(`calm-${lost}`);
      let crashed = true;
      let crashes = 0;
      for (let steps = 0; crashed; steps++) {
        const name = `crash-${lost}-${steps}`;
        const crash = crashAfter(steps, lost);
        await takeIn(story(name), storesOn(crashingDb(env.VISITORS, crash), crashingKv(env.KV, crash)));
        crashed = crash.left < 0;
        crashes += crashed ? 1 : 0;
        // The process died: whatever it acknowledged didn't reach the queue, and all of it comes again.
        const { deliveries } = await takeIn(story(name), stores, 2);
        expect(fates(deliveries)).toEqual(Array(6).fill("ack"));
        expect(await dumped(name)).toEqual(once);
      }
      expect(crashes).toBeGreaterThan(4);
    },
  );

  it("when only what was not acknowledged is delivered again", async ({ expect }) => {
    const once = await undisturbed("calm-acks");
    let crashed = true;
    for (let steps = 0; crashed; steps++) {
      const name = `acks-${steps}`;
      const crash = crashAfter(steps);
      const first = await takeIn(story(name), storesOn(crashingDb(env.VISITORS, crash), crashingKv(env.KV, crash)));
      crashed = crash.left < 0;
      const left = story(name).filter((_, index) => first.deliveries[index]?.fate !== "ack");
      await takeIn(left, stores, 2);
      expect(await dumped(name)).toEqual(once);
    }
  });

  it("when consumers race on one visitor: no event is lost, none counted twice, the copy is the last", async ({
    expect,
  }) => {
    const parts = Array.from({ length: 10 }, (_, part) =>
      Array.from({ length: 10 }, (_, index) =>
        envelope("raced", {
          site: site("race"),
          events: [event(`e${part * 9 + index}`)],
          exposures: [exposure("hero", { atMs: part })],
        }),
      ),
    );
    let left = parts.map((part) => part);
    for (let round = 1; left.length > 0; round++) {
      const outcomes = await Promise.all(left.map((part) => takeIn(part, stores, round)));
      left = left.filter((_, index) => outcomes[index]?.deliveries.some(({ fate }) => fate !== "ack"));
      expect(round).toBeLessThan(5);
    }
    const profile = await profiles.read(visitor("raced"), site("race"));
    expect(profile?.events.view?.count).toBe(91);
    expect(await profiles.readCopy(visitor("raced"), site("race"))).toEqual(profile);
    expect(await dump("race")).toMatchObject({ events: { length: 91 }, exposures: [{ at_ms: 0 }] });
  });

  it("when traits are set while events come in", async ({ expect }) => {
    const who = [visitor("traits"), site("traits")] as const;
    const writes = Array.from({ length: 4 }, (_, index) => profiles.setTraits(...who, { [`t${index}`]: index }, nowMs));
    await Promise.all([
      ...writes,
      takeIn([envelope("traits", { site: site("traits"), events: [event("e1"), event("e2")] })]),
    ]);
    const profile = await profiles.read(...who);
    expect(profile?.traits).toEqual({ t0: 0, t1: 1, t2: 2, t3: 3 });
    expect(profile?.events.view?.count).toBe(2);
  });
});

describe("a message that says nothing we understand", () => {
  const good = envelope("m", { site: site("bad"), events: [event("e")] });
  const withEvent = (changes: object) => ({ ...good, events: [{ ...event("x"), ...changes }] });
  const withExposure = (changes: object) => ({ ...good, exposures: [{ ...exposure("x"), ...changes }] });
  const bodies: readonly [string, unknown][] = [
    ["nothing", null],
    ["a text", "shape"],
    ["a list", [good]],
    ["no shape", { ...good, shape: undefined }],
    ["shape 0", { ...good, shape: 0 }],
    ["no visitor", { ...good, visitor: "" }],
    ["a visitor that is a key of KV", { ...good, visitor: "a:b" }],
    ["a visitor of another alphabet", { ...good, visitor: "йцу" }],
    ["a visitor of 10 000 characters", { ...good, visitor: "v".repeat(10_000) }],
    ["a site that is no key", { ...good, site: "../x" }],
    ["a user that is a number", { ...good, user: 5 }],
    ["events that are no list", { ...good, events: { length: 1 } }],
    ["an event without id", withEvent({ id: undefined })],
    ["an event with half a character", withEvent({ id: "\ud800" })],
    ["an event with NUL in its name", withEvent({ name: "a\0b" })],
    ["an event at NaN", withEvent({ atMs: Number.NaN })],
    ["an event at half a millisecond", withEvent({ atMs: 1.5 })],
    ["an event before 1970", withEvent({ atMs: -1 })],
    ["an event at 1e308", withEvent({ atMs: 1e308 })],
    ["an infinite value", withEvent({ value: Number.POSITIVE_INFINITY })],
    ["a text as value", withEvent({ value: "1" })],
    ["props that are a list", withEvent({ props: [] })],
    ["a source of its own", withEvent({ source: "us" })],
    ["a propensity over 100 %", withExposure({ propensityBps: 10_001 })],
    ["an experience that is no key", withExposure({ experience: "__proto__" })],
    ["sticky as a text", withExposure({ sticky: "true" })],
  ];

  it.for(bodies)("is acknowledged, reported and not stored: %s", async ([, body], { expect }) => {
    const reports: { readonly id: string; readonly reasons: readonly string[] }[] = [];
    const before = await dump("bad");
    const bad = delivery(body);
    await consume([bad], { ...stores, rejected: (report) => reports.push(report) }, nowMs);
    expect(bad.fate).toBe("ack");
    expect(reports).toHaveLength(1);
    expect(reports[0]?.reasons.length).toBeGreaterThan(0);
    expect(await dump("bad")).toEqual(before);
  });

  it("holds up nobody else's", async ({ expect }) => {
    const { tally } = await takeIn([...bodies.map(([, body]) => body as Envelope), good]);
    expect(tally).toMatchObject({ events: 1, rejected: bodies.length, retried: 0 });
  });

  it("is kept for a newer Worker when its shape is newer", async ({ expect }) => {
    const newer = delivery({ ...good, shape: 2 });
    await consume([newer], stores, nowMs);
    expect(newer.fate).toBe("retry");
  });

  it("may have members that a newer Worker added", async ({ expect }) => {
    const { tally } = await takeIn([{ ...good, weather: ["mild"], events: [event("with-more")] } as Envelope]);
    expect(tally).toMatchObject({ events: 1, rejected: 0 });
  });

  it("is stored as data when it looks like SQL, a prototype or a control character", async ({ expect }) => {
    const name = `'; DROP TABLE events; --`;
    const props = JSON.parse('{"__proto__":{"x":1},"half":"\\ud800"}') as Envelope["events"][number]["props"];
    const odd = ["__proto__", "constructor", "a\nb", name, "\u202e", "é", "e\u0301"];
    const events = odd.map((id) => event(id, { name: id, props }));
    const own = { site: site("odd"), events };
    for (let turn = 1; turn <= 2; turn++) await takeIn([envelope("odd", own)], stores, turn);
    const profile = await profiles.read(visitor("odd"), site("odd"));
    const counts = Object.entries(profile?.events ?? {}).map(([id, { count }]) => [id, count] as const);
    expect(new Map(counts)).toEqual(new Map(odd.map((id) => [id, 1])));
    expect(await profiles.readCopy(visitor("odd"), site("odd"))).toEqual(profile);
    expect(await dump("odd")).toMatchObject({ events: { length: odd.length } });
  });
});

describe("a message that D1 can't take", () => {
  it("is delivered again with its batch, and then alone", async ({ expect }) => {
    const poisoned: ConsumerStores = {
      ...stores,
      visitors: {
        ...stores.visitors,
        write: async (changes, at) => {
          if (changes.some((change) => change.visitor === "poison")) throw new Error("constraint failed");
          return stores.visitors.write(changes, at);
        },
      },
    };
    const all = ["good", "poison", "fine"].map((name) =>
      envelope(name, { site: site("poison"), events: [event("e")] }),
    );
    expect(fates((await takeIn(all, poisoned)).deliveries)).toEqual(["retry", "retry", "retry"]);
    expect(fates((await takeIn(all, poisoned, 2)).deliveries)).toEqual(["ack", "retry", "ack"]);
  });
});

describe("the copy near the visitor", () => {
  const copies = () => {
    const put: string[] = [];
    const counting: ConsumerStores = {
      ...stores,
      profiles: {
        ...profiles,
        writeCopy: async (who, at, profile) => {
          put.push(who);
          await profiles.writeCopy(who, at, profile);
        },
      },
    };
    return { put, counting };
  };

  it("is written when a fact changed or the edge asked, and not otherwise", async ({ expect }) => {
    const { put, counting } = copies();
    const own = { site: site("copies") };
    await takeIn([envelope("a", { ...own, events: [event("e")] })], counting);
    await takeIn([envelope("a", { ...own, events: [event("e")] })], counting);
    await takeIn([envelope("b", { ...own, exposures: [exposure("hero")] })], counting);
    expect(put).toEqual(["a"]);
    await takeIn([envelope("b", { ...own, refresh: true })], counting);
    await takeIn([envelope("c", { ...own, exposures: [exposure("hero", { sticky: true })] })], counting);
    expect(put).toEqual(["a", "b", "c"]);
  });

  it("of a visitor nothing is known of is an empty profile, so that the edge stops asking", async ({ expect }) => {
    await takeIn([envelope("nobody", { site: site("nobody"), refresh: true })]);
    expect(await profiles.readCopy(visitor("nobody"), site("nobody"))).toMatchObject({ events: {}, exposed: [] });
    expect(await dump("nobody")).toMatchObject({ profiles: [] });
  });

  it("is the newer one when an older consumer writes last", async ({ expect }) => {
    const own = { site: site("late") };
    const newer = () => takeIn([envelope("late", { ...own, events: [event("e2")] })]);
    let held = true;
    const slow: ConsumerStores = {
      ...stores,
      profiles: {
        ...profiles,
        writeCopy: async (...copy) => {
          if (held) {
            held = false;
            await newer();
          }
          await profiles.writeCopy(...copy);
        },
      },
    };
    await takeIn([envelope("late", { ...own, events: [event("e1")] })], slow);
    expect((await profiles.readCopy(visitor("late"), site("late")))?.events.view?.count).toBe(2);
  });

  it("is brought up to date by another delivery when KV failed, while others go through", async ({ expect }) => {
    const failing: ConsumerStores = {
      ...stores,
      profiles: {
        ...profiles,
        writeCopy: (who, at, profile) =>
          who === "a" ? Promise.reject(new Error("KV is away")) : profiles.writeCopy(who, at, profile),
      },
    };
    const all = ["a", "b"].map((name) => envelope(name, { site: site("kv-away"), events: [event("e")] }));
    expect(fates((await takeIn(all, failing)).deliveries)).toEqual(["retry", "ack"]);
    expect(await profiles.readCopy(visitor("a"), site("kv-away"))).toBeNull();
    await takeIn(all.slice(0, 1), stores, 2);
    expect((await profiles.readCopy(visitor("a"), site("kv-away")))?.events.view?.count).toBe(1);
  });
});
