import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { parseSiteFile } from "../../src/core/config/site-file.ts";
import type { ReleaseId, SiteKey } from "../../src/core/ids.ts";
import type { Release } from "../../src/core/release.ts";
import { publishDue, type ScheduledPorts } from "../../src/jobs/scheduled.ts";
import { createReleaseReader } from "../../src/store/live-releases.ts";
import { createReleaseStore } from "../../src/store/releases.ts";
import { createReviewStore } from "../../src/store/reviews.ts";
import { crashAfter, crashingDb, crashingKv } from "../store/crashing.ts";
import { migrate } from "../store/migrated.ts";

const { DB: db, KV: kv } = env;
const [releases, reviews] = [createReleaseStore({ db, kv }), createReviewStore(db)];
const reader = createReleaseReader({ kv });
const by = { id: "person:cat", name: "cat" };
const dueMs = 1_800_000_000_000;
const siteKey = (site: string) => site as SiteKey;

function releaseOf(site: string, id: string, more: object = {}): Release {
  const parsed = parseSiteFile({ site, hosts: [`${site}.example`], origin: "https://o.example", ...more });
  if (!parsed.ok) throw new Error("no draft");
  return { shape: 1, id: id as ReleaseId, site: siteKey(site), content: parsed.value };
}

/** A site with one release live and another due. */
async function dueAt(site: string, more: object = {}): Promise<Release> {
  const [old, next] = [releaseOf(site, `r_${site}_old`), releaseOf(site, `r_${site}_new`, more)];
  await releases.save(old);
  await releases.save(next);
  await releases.makeLive({ site: siteKey(site), release: old.id, killed: false, publishedAtMs: 1 }, [
    `${site}.example`,
  ]);
  await reviews.schedule({ site: siteKey(site), release: next.id, atMs: dueMs, by }, 5);
  return next;
}

const portsOf = (over: Partial<ScheduledPorts> = {}) => {
  const failures: string[] = [];
  return {
    ports: { reviews, releases, failed: (_: string, what: string) => void failures.push(what), ...over },
    failures,
  };
};
const liveOf = async (site: string) => (await reader.pointer(siteKey(site)))?.release;

beforeAll(migrate);

describe("a scheduled release", () => {
  it("goes live when its time has come, once, in the name of who set it", async ({ expect }) => {
    await dueAt("due");
    const { ports } = portsOf();
    expect(await publishDue(ports, dueMs - 1)).toBe(0);
    expect(await liveOf("due")).toBe("r_due_old");
    expect(await publishDue(ports, dueMs)).toBe(1);
    expect([await liveOf("due"), await reviews.scheduled(siteKey("due"))]).toEqual(["r_due_new", []]);
    await releases.makeLive(
      { site: siteKey("due"), release: "r_due_old" as ReleaseId, killed: false, publishedAtMs: 2 },
      ["due.example"],
    );
    expect(await publishDue(ports, dueMs + 300_000)).toBe(0);
    expect(await liveOf("due")).toBe("r_due_old");
    const steps = (await reviews.events(siteKey("due"), "r_due_new" as ReleaseId)).map(
      ({ step, by: who }) => `${step} ${who.name}`,
    );
    expect(steps).toEqual(["scheduled cat", "live cat", "rolled_back unknown"]);
  });

  it("that was rejected since, or whose host is another's, is noted as failed, and the others go live", async ({
    expect,
  }) => {
    const refused = await dueAt("refused", { review: { required: true } });
    for (const step of ["review", "approved", "rejected"] as const) {
      await reviews.note({ site: refused.site, release: refused.id, step, by, atMs: 6, revision: 1, note: "" });
    }
    await dueAt("taken", { hosts: ["refused.example"] });
    await dueAt("fine");
    const { ports, failures } = portsOf();
    expect(await publishDue(ports, dueMs)).toBe(1);
    expect([await liveOf("refused"), await liveOf("taken"), await liveOf("fine")]).toEqual([
      "r_refused_old",
      "r_taken_old",
      "r_fine_new",
    ]);
    expect(failures).toEqual([
      "scheduled r_refused_new: it is not approved any more",
      'scheduled r_taken_new: site "refused" answers for "refused.example"',
    ]);
    const last = (await reviews.events(refused.site, refused.id)).at(-1);
    expect([last?.step, last?.note]).toEqual(["failed", "it is not approved any more"]);
    expect(await publishDue(ports, dueMs)).toBe(0);
  });

  it("is live or still due, whatever step dies", async ({ expect }) => {
    let steps = 0;
    for (let crashed = true; crashed; steps += 1) {
      const site = `dies-${steps}`;
      await dueAt(site);
      const crash = crashAfter(steps);
      const dying = { db: crashingDb(db, crash), kv: crashingKv(kv, crash) };
      const { ports } = portsOf({ reviews: createReviewStore(dying.db), releases: createReleaseStore(dying) });
      await publishDue(ports, dueMs).catch(() => {});
      crashed = crash.left < 0;
      const [inDatabase, due] = [
        (await releases.pointer(siteKey(site)))?.release,
        await reviews.scheduled(siteKey(site)),
      ];
      expect([inDatabase, due.length]).toEqual(due.length === 1 ? [`r_${site}_old`, 1] : [`r_${site}_new`, 0]);
      expect([`r_${site}_old`, `r_${site}_new`]).toContain(await liveOf(site));
      await releases.repair(siteKey(site));
      await publishDue(portsOf().ports, dueMs);
      expect(await liveOf(site)).toBe(`r_${site}_new`);
    }
    expect(steps).toBeGreaterThan(6);
  });
});
