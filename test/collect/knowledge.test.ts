import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { type ConsumerStores, consume } from "../../src/collect/consume.ts";
import { compileRelease } from "../../src/core/compile.ts";
import { parseSiteFile } from "../../src/core/config/site-file.ts";
import type { VisitorEvent } from "../../src/core/event.ts";
import type { ReleaseId, SiteKey, VisitorId } from "../../src/core/ids.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { type Release, releaseShape } from "../../src/core/release.ts";
import { siteKnowledgeOf } from "../../src/core/site-knowledge.ts";
import { createIdentityStore } from "../../src/store/identities.ts";
import { createMergeStore } from "../../src/store/merging.ts";
import { createProfileStore } from "../../src/store/profiles.ts";
import { createKnowledge } from "../../src/store/site-knowledge.ts";
import { createVisitorStore } from "../../src/store/visitors.ts";
import { migrate } from "../store/migrated.ts";
import { delivery, envelope, event } from "./deliveries.ts";

const profiles = createProfileStore({ db: env.VISITORS, kv: env.KV });
const draftOf = (site: string, file: JsonObject) => {
  const parsed = parseSiteFile({ site, hosts: ["*"], origin: "https://o.example", ...file });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
};
const reading = (site: string, audience: JsonObject, more: JsonObject = {}) =>
  draftOf(site, {
    experiences: { hero: { kind: "personalization", routes: ["/"], audience, variants: { on: {} } } },
    ...more,
  });
const storesFor = (draft: ReturnType<typeof draftOf>): ConsumerStores => ({
  visitors: createVisitorStore(env.VISITORS),
  identities: createIdentityStore(env.VISITORS),
  merging: createMergeStore(env.VISITORS),
  profiles,
  rejected: () => {},
  failed: () => {},
  knowledgeOf: async () => siteKnowledgeOf(draft),
});
const takeIn = (stores: ConsumerStores, site: string, events: readonly VisitorEvent[], refresh = false) =>
  consume([delivery(envelope("v1", { site: site as SiteKey, events, refresh }), 1)], stores, 1_700_000_000_000);
const copy = (site: string) => profiles.readCopy("v1" as VisitorId, site as SiteKey);

beforeAll(migrate);

describe("the copy near the visitor", () => {
  it("is written again only when a fact that the live release reads has changed", async ({ expect }) => {
    const stores = storesFor(reading("copies", { "event.buy.count": { $gte: 1 } }));
    expect((await takeIn(stores, "copies", [event("e1"), event("e2")])).copies).toBe(0);
    expect(await copy("copies")).toBeNull();
    expect((await takeIn(stores, "copies", [event("e3", { name: "buy" })])).copies).toBe(1);
    // What was learnt unread before is in it too.
    expect(await copy("copies")).toMatchObject({ events: { view: { count: 2 }, buy: { count: 1 } } });
    expect((await takeIn(stores, "copies", [event("e4")])).copies).toBe(0);
  });

  it("says what it was kept fresh for, so that another release can tell that it is stale", async ({ expect }) => {
    const first = reading("stale", { "event.buy.count": 1 });
    await takeIn(storesFor(first), "stale", [event("e1", { name: "buy" })]);
    const release = (content: typeof first): Release => {
      return { shape: releaseShape, id: "r_1" as ReleaseId, site: "stale" as SiteKey, content };
    };
    expect((await copy("stale"))?.copiedFor).toBe(compileRelease(release(first)).storedReads.print);
    const second = reading("stale", { "event.view.count": 1 });
    expect((await copy("stale"))?.copiedFor).not.toBe(compileRelease(release(second)).storedReads.print);
    expect((await takeIn(storesFor(second), "stale", [], true)).copies).toBe(1);
    expect((await copy("stale"))?.copiedFor).toBe(compileRelease(release(second)).storedReads.print);
    expect(await profiles.read("v1" as VisitorId, "stale" as SiteKey)).not.toHaveProperty("copiedFor");
  });
});

describe("declared traits and affinities", () => {
  it("are gathered by the consumer, and survive D1 and KV", async ({ expect }) => {
    const declared = {
      traits: { spent: { kind: "sum", event: "order", of: "total" } },
      affinities: { category: { events: { order: 5 } } },
    };
    const stores = storesFor(reading("declared", { "trait.spent": { $gt: 10 } }, declared));
    const order = (id: string, total: number) =>
      event(id, { name: "order", props: { total, category: "Art", item: "moth" }, hourOfWeek: 30, carried: true });
    await takeIn(stores, "declared", [order("e1", 0.1), order("e2", 12.2), order("e1", 0.1)]);
    const stored = await profiles.read("v1" as VisitorId, "declared" as SiteKey);
    expect(stored).toMatchObject({
      computed: { spent: { data: "123000" } },
      interests: [[expect.any(Number), { "category.art": 10 }]],
      habit: [[30, 2]],
      items: [["moth", expect.any(Number)]],
    });
    expect(stored?.carried).toHaveLength(2);
    expect(await copy("declared")).toMatchObject(stored ?? {});
  });

  it("wait with their events while the release can't be read", async ({ expect }) => {
    const failures: unknown[] = [];
    const knowledgeOf = () => Promise.reject(new Error("KV went away"));
    const stores = { ...storesFor(draftOf("away", {})), knowledgeOf, failed: (error: unknown) => failures.push(error) };
    const message = delivery(envelope("v1", { site: "away" as SiteKey, events: [event("e1")] }), 1);
    await consume([message], stores, 1);
    expect([message.fate, failures.length]).toEqual(["retry", 1]);
    expect(await profiles.read("v1" as VisitorId, "away" as SiteKey)).toBeNull();
  });
});

describe("what the release asks for", () => {
  it("is read once, and its pointer every few seconds; a failing KV is bridged", async ({ expect }) => {
    const asked = { pointers: 0, releases: 0 };
    let fails = false;
    let nowMs = 0;
    const site = "known" as SiteKey;
    const id = "r_1" as ReleaseId;
    const content = reading("known", { "event.buy.count": 1 });
    const reader = {
      pointer: async () => {
        asked.pointers += 1;
        if (fails) throw new Error("KV went away");
        return { site, release: id, killed: false, publishedAtMs: 0 };
      },
      release: async (): Promise<Release> => {
        asked.releases += 1;
        return { shape: releaseShape, id, site, content };
      },
    };
    const knowledgeOf = createKnowledge(reader, () => nowMs);
    for (const atMs of [0, 1_000, 4_999, 6_000, 7_000]) {
      nowMs = atMs;
      expect([...((await knowledgeOf(site))?.reads.events ?? [])]).toEqual(["buy"]);
    }
    expect(asked).toEqual({ pointers: 2, releases: 1 });
    [fails, nowMs] = [true, 60_000];
    expect((await knowledgeOf(site))?.reads.events.size).toBe(1);
  });
});
