import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { type ConsumerStores, consume } from "../../src/collect/consume.ts";
import { parseSiteFile } from "../../src/core/config/site-file.ts";
import type { Envelope } from "../../src/core/event.ts";
import type { SiteKey, VisitorId } from "../../src/core/ids.ts";
import { siteKnowledgeOf } from "../../src/core/site-knowledge.ts";
import { makeAbsences } from "../../src/jobs/absences.ts";
import { createAwaitedStore } from "../../src/store/awaited.ts";
import { createIdentityStore } from "../../src/store/identities.ts";
import { createMergeStore } from "../../src/store/merging.ts";
import { createProfileStore } from "../../src/store/profiles.ts";
import { createVisitorStore } from "../../src/store/visitors.ts";
import { delivery, envelope, event } from "../collect/deliveries.ts";
import { migrate } from "../store/migrated.ts";

const minuteMs = 60_000;
const addedMs = 1_700_000_000_000;
const rules = {
  left: { kind: "absence", event: "abandoned_basket", after: "add_to_basket", without: "order", minutes: 60 },
};

const knowledgeFor = (observe: Record<string, unknown>) => {
  const parsed = parseSiteFile({ site: "shop", hosts: ["*"], origin: "https://o.example", observe });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const knowledge = siteKnowledgeOf(parsed.value);
  return async () => knowledge;
};

const stores: ConsumerStores = {
  visitors: createVisitorStore(env.VISITORS),
  identities: createIdentityStore(env.VISITORS),
  merging: createMergeStore(env.VISITORS),
  profiles: createProfileStore({ db: env.VISITORS, kv: env.KV }),
  rejected: () => {},
  failed: (error) => {
    throw error;
  },
  knowledgeOf: knowledgeFor(rules),
};
const awaited = createAwaitedStore(env.VISITORS);

const takeIn = async (all: readonly Envelope[]) => {
  await consume(
    all.map((body) => delivery(body, 1)),
    stores,
    addedMs,
  );
};
const did = (visitor: string, site: string, name: string, afterMinutes: number) =>
  envelope(visitor, {
    site: site as SiteKey,
    events: [event(`${name}-${afterMinutes}`, { name, atMs: addedMs + afterMinutes * minuteMs })],
  });

/** The clock, so many minutes after the basket was filled. */
const clock = async (afterMinutes: number, knowledgeOf = knowledgeFor(rules)) => {
  const sent: Envelope[] = [];
  const send = async (envelopes: readonly Envelope[]) => void sent.push(...envelopes);
  const tally = await makeAbsences({ awaited, knowledgeOf, send }, addedMs + afterMinutes * minuteMs);
  return { sent, tally };
};

const countOf = async (visitor: string, site: string) => {
  const profile = await createProfileStore({ db: env.VISITORS, kv: env.KV }).read(
    visitor as VisitorId,
    site as SiteKey,
  );
  return profile?.events.abandoned_basket?.count ?? 0;
};

beforeAll(migrate);

describe("an abandoned basket", () => {
  it("becomes an event when no order follows in time, once", async ({ expect }) => {
    await takeIn([did("v1", "once", "add_to_basket", 0), did("v1", "once", "add_to_basket", 5)]);
    expect((await clock(64)).sent).toEqual([]);
    const { sent } = await clock(65);
    expect(sent).toMatchObject([
      {
        visitor: "v1",
        site: "once",
        events: [{ name: "abandoned_basket", atMs: addedMs + 65 * minuteMs, source: "edge" }],
      },
    ]);
    expect((await clock(66)).sent).toEqual([]);
    await takeIn([...sent, ...sent]);
    await takeIn(sent);
    expect(await countOf("v1", "once")).toBe(1);
  });

  it("is none when the order came, in whatever order the queue tells", async ({ expect }) => {
    await takeIn([did("v1", "ordered", "add_to_basket", 0), did("v1", "ordered", "order", 30)]);
    await takeIn([did("v2", "ordered", "order", 30)]);
    await takeIn([did("v2", "ordered", "add_to_basket", 0)]);
    expect((await clock(60)).sent).toEqual([]);
  });

  it("is one when the order was before the basket", async ({ expect }) => {
    await takeIn([did("v1", "before", "order", -10), did("v1", "before", "add_to_basket", 0)]);
    expect((await clock(60)).sent).toHaveLength(1);
  });

  it("is counted once when a run dies between sending and noting it", async ({ expect }) => {
    await takeIn([did("v1", "died", "add_to_basket", 0)]);
    const sent: Envelope[] = [];
    const send = async (envelopes: readonly Envelope[]) => void sent.push(...envelopes);
    const dying = { ...awaited, done: () => Promise.reject(new Error("D1 went away")) };
    const parts = { awaited: dying, knowledgeOf: knowledgeFor(rules), send };
    await expect(makeAbsences(parts, addedMs + 60 * minuteMs)).rejects.toThrow("went away");
    await takeIn([...sent, ...(await clock(61)).sent]);
    expect(await countOf("v1", "died")).toBe(1);
  });

  it("comes again with a new basket", async ({ expect }) => {
    await takeIn([did("v1", "again", "add_to_basket", 0)]);
    await takeIn((await clock(60)).sent);
    await takeIn([did("v1", "again", "add_to_basket", 90)]);
    await takeIn((await clock(150)).sent);
    expect(await countOf("v1", "again")).toBe(2);
  });

  it("is waited for by nobody once its rule is gone", async ({ expect }) => {
    await takeIn([did("v1", "gone", "add_to_basket", 0)]);
    expect((await clock(60, knowledgeFor({}))).sent).toEqual([]);
    expect((await clock(61)).tally).toEqual({ asked: 0, made: 0 });
  });

  it("is found among many, all of them in one run", async ({ expect }) => {
    await takeIn(Array.from({ length: 450 }, (_, index) => did(`many${index}`, "many", "add_to_basket", 0)));
    const { sent, tally } = await clock(60);
    expect(tally).toEqual({ asked: 450, made: 450 });
    expect(new Set(sent.map(({ visitor }) => visitor)).size).toBe(450);
  });
});
