import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { consume } from "../../src/collect/consume.ts";
import type { SiteKey, VisitorId } from "../../src/core/ids.ts";
import { isSampled } from "../../src/core/replay/recorded.ts";
import { handle } from "../../src/edge/handle.ts";
import { createContextStore } from "../../src/store/contexts.ts";
import { delivery } from "../collect/deliveries.ts";
import { consumerStores } from "../collect/visitors-door.ts";
import { edgeWith, pageRequest } from "../edge/ports.ts";
import { migrate } from "../store/migrated.ts";
import { caller, controlPorts, siteFile } from "./api.ts";

const contexts = createContextStore(env.DB);
const shop = "shop" as SiteKey;
const nowMs = Date.parse("2026-11-23T12:00:00Z");
const visitors = Array.from({ length: 4000 }, (_, at) => `visitor-${at}-abcdef-0000` as VisitorId);
const inSample = visitors.filter(isSampled);
const outside = visitors.filter((id) => !isSampled(id));

/** What the edge sends of a new visitor's page. */
async function sentFor(visitor = "" as VisitorId, path = "/") {
  const { edge, seen } = edgeWith({ newVisitorId: () => visitor });
  await (await handle(pageRequest(path), edge)).text();
  await seen.settled();
  return seen.sent;
}

beforeAll(migrate);

describe("contexts", () => {
  it("go from one visitor in a hundred through the queue into a bounded table, without their id", async ({
    expect,
  }) => {
    const [sent, other] = [await sentFor(inSample[0]), await sentFor(outside[0])];
    expect([sent[0]?.context?.path, other[0]?.exposures.length, other[0]?.context]).toEqual(["/", 1, undefined]);
    const stores = { ...consumerStores, contexts };
    const message = delivery(sent[0]);
    await consume([message], stores, nowMs);
    await consume([message], stores, nowMs);
    const kept = await contexts.read(shop, nowMs);
    expect(kept).toEqual([sent[0]?.context]);
    expect(JSON.stringify(kept)).not.toContain(inSample[0]);
    expect(await contexts.read(shop, nowMs + 31 * 86_400_000)).toEqual([]);
  });

  it("that can't be kept hold nothing else up", async ({ expect }) => {
    const failing = { keep: async () => Promise.reject(new Error("away")) };
    const [sent] = await sentFor(inSample[1]);
    const tally = await consume([delivery(sent)], { ...consumerStores, contexts: failing }, nowMs);
    expect(tally).toMatchObject({ exposures: 1, retried: 0 });
  });

  it("are never more than two thousand a site", async ({ expect }) => {
    const [sent] = await sentFor(inSample[2]);
    const { context } = sent ?? {};
    if (context === undefined) throw new Error("not sampled");
    const site = "bounded" as SiteKey;
    await contexts.keep(Array.from({ length: 6000 }, (_, at) => ({ id: `message-${at}`, site, context })));
    const { count } = (await env.DB.prepare(
      "SELECT count(*) AS count FROM replay_contexts WHERE site = 'bounded'",
    ).first<{ count: number }>()) ?? { count: 0 };
    expect(count).toBeGreaterThan(1500);
    expect(count).toBeLessThanOrEqual(2000);
  });
});

describe("replay over the API", () => {
  const call = caller(controlPorts({ now: () => nowMs }));

  it("compares the draft, or a release, with what is live", async ({ expect }) => {
    await call("PUT", "/sites/shop/draft", { body: siteFile("shop") });
    expect((await call("POST", "/sites/shop/replay")).status).toBe(404);
    await call("POST", "/sites/shop/releases");
    expect((await call("POST", "/sites/shop/replay")).json).toMatchObject({ contexts: 1, changed: 0, changes: [] });
    const hero = { ...siteFile().experiences.hero, audience: { "context.device": "mobile" } };
    await call("PUT", "/sites/shop/draft", { body: siteFile("shop", { experiences: { hero } }) });
    const { release } = (await call("POST", "/sites/shop/reviews")).json;
    for (const body of [{}, { release }]) {
      const { json } = await call("POST", "/sites/shop/replay", { body });
      expect(json).toMatchObject({
        release,
        changed: 1,
        changes: [{ experience: "hero", from: "on", to: null, share: 1 }],
      });
    }
    expect((await call("POST", "/sites/shop/replay", { body: { release: "r_00000000000000000000" } })).status).toBe(
      404,
    );
  });
});
