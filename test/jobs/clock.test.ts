import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { consume } from "../../src/collect/consume.ts";
import { parseSiteFile } from "../../src/core/config/site-file.ts";
import type { SiteKey, VisitorId } from "../../src/core/ids.ts";
import { releaseOf } from "../../src/core/release-id.ts";
import { type ClockPorts, everyFiveMinutes, nightly, onClock } from "../../src/jobs/clock.ts";
import { createIdentityStore } from "../../src/store/identities.ts";
import { createProfileStore } from "../../src/store/profiles.ts";
import { createReleaseStore } from "../../src/store/releases.ts";
import { createRetentionStore, tombstoneDays } from "../../src/store/retention.ts";
import { createReviewStore } from "../../src/store/reviews.ts";
import { delivery, envelope, event, exposure } from "../collect/deliveries.ts";
import { consumerStores, everything } from "../collect/visitors-door.ts";
import { migrate } from "../store/migrated.ts";

beforeAll(migrate);

const dayMs = 86_400_000;
const nowMs = 1_800_000_000_000;
const siteKey = (name: string) => name as SiteKey;

const draftOf = (site: string, retentionDays?: number) => {
  const file = {
    site,
    hosts: [`${site}.example`],
    origin: "https://o.example",
    ...(retentionDays && { retentionDays }),
  };
  const parsed = parseSiteFile(file);
  if (!parsed.ok) throw new Error("no draft");
  return parsed.value;
};

function clockOf(sites: readonly string[], days: Record<string, number> = {}) {
  const failures: string[] = [];
  const repaired: string[] = [];
  const ports: ClockPorts = {
    sites: async () => sites.map((site) => ({ site: siteKey(site) })),
    failed: (site, what) => failures.push(`${site}: ${what}`),
    reviews: createReviewStore(env.DB),
    releases: {
      ...createReleaseStore({ db: env.DB, kv: env.KV }),
      repair: async (site) => {
        if (site === "broken") throw new Error("away");
        repaired.push(site);
        return [];
      },
    },
    liveDraft: async (site) => {
      if (site === "broken") throw new Error("away");
      return draftOf(site, days[site]);
    },
    retention: createRetentionStore(env.VISITORS),
  };
  return { ports, failures, repaired };
}

const visitsAt = (site: string, visitor: string, atMs: number) =>
  consume(
    [
      delivery(
        envelope(visitor, {
          site: siteKey(site),
          events: [event(`e-${atMs}`, { atMs })],
          exposures: [exposure(`x-${atMs}`, { atMs })],
        }),
      ),
    ],
    consumerStores,
    atMs,
  );

describe("at night", () => {
  it("what is older than a site keeps it is deleted, and nothing else", async ({ expect }) => {
    for (const site of ["short", "long"]) {
      await visitsAt(site, "gone", nowMs - 31 * dayMs);
      await visitsAt(site, "stays", nowMs - 31 * dayMs);
      await visitsAt(site, "stays", nowMs - 30 * dayMs);
      await createIdentityStore(env.VISITORS).bind(
        { visitor: "gone" as VisitorId, site: siteKey(site), user: "ann" as never, fresh: "f" as VisitorId },
        nowMs - 31 * dayMs,
      );
    }
    const { ports, failures } = clockOf(["broken", "short", "long"], { short: 30 });
    await onClock(nightly, nowMs, ports);
    const short = await everything("short");
    expect(short.events).toMatchObject([{ visitor: "stays", at_ms: nowMs - 30 * dayMs }]);
    expect(short.exposures).toMatchObject([{ visitor: "stays", at_ms: nowMs - 30 * dayMs }]);
    expect(short.profiles).toMatchObject([{ visitor: "stays" }]);
    expect([short.identities, short.users]).toEqual([[], []]);
    expect(await everything("long")).toMatchObject({ events: [{}, {}, {}], profiles: [{}, {}], users: [{}] });
    expect(failures).toEqual([expect.stringContaining("broken: retention")]);
  });

  it("more than a batch goes in several, and tombstones when nothing can meet them", async ({ expect }) => {
    const rows = JSON.stringify(Array.from({ length: 4500 }, (_, at) => `e${at}`));
    await env.VISITORS.prepare(
      `INSERT INTO events (visitor, site, id, name, at_ms, props, source, stored_at_ms)
       SELECT 'v', 'many', value, 'view', 1, '{}', 'page', 1 FROM json_each(?)`,
    )
      .bind(rows)
      .run();
    const stones = [nowMs - (tombstoneDays + 1) * dayMs, nowMs - (tombstoneDays - 1) * dayMs];
    for (const [at, ms] of stones.entries()) {
      await env.VISITORS.prepare("INSERT INTO tombstones VALUES (?, ?)").bind(`stone-${at}`, ms).run();
    }
    await onClock(nightly, nowMs, clockOf(["many"]).ports);
    expect((await everything("many")).events).toEqual([]);
    expect((await env.VISITORS.prepare("SELECT hash FROM tombstones").all()).results).toEqual([{ hash: "stone-1" }]);
  });
});

describe("every five minutes", () => {
  it("every site is repaired, though one fails", async ({ expect }) => {
    const { ports, failures, repaired } = clockOf(["one", "broken", "two"]);
    await onClock(everyFiveMinutes, nowMs, ports);
    expect(repaired).toEqual(["one", "two"]);
    expect(failures).toEqual([expect.stringContaining("broken: repair")]);
  });

  it("pages find again what was published when KV has lost it", async ({ expect }) => {
    const releases = createReleaseStore({ db: env.DB, kv: env.KV });
    const release = await releaseOf(draftOf("lost"), async () => "ab".repeat(32));
    await releases.save(release);
    await releases.makeLive({ site: siteKey("lost"), release: release.id, killed: false, publishedAtMs: 1 }, [
      "lost.example",
    ]);
    await env.KV.delete("live:lost");
    await onClock(everyFiveMinutes, nowMs, { ...clockOf(["lost"]).ports, releases });
    expect(await env.KV.get("live:lost")).toContain(release.id);
  });
});

it("a visitor's copy of a profile outlives nothing: KV forgets it by itself", async ({ expect }) => {
  const profiles = createProfileStore({ kv: env.KV, db: env.VISITORS });
  await visitsAt("ttl", "v", nowMs);
  expect(await profiles.readCopy("v" as VisitorId, siteKey("ttl"))).not.toBeNull();
  const { keys } = await env.KV.list({ prefix: "profile:" });
  for (const { expiration } of keys) expect(expiration).toBeGreaterThan(0);
});
