import { env } from "cloudflare:workers";
import { createHash } from "node:crypto";
import { beforeAll, describe, it } from "vitest";
import type { ReleaseId, SiteKey } from "../../src/core/ids.ts";
import { canonicalJson, type Json } from "../../src/core/json.ts";
import type { LivePointer, Release } from "../../src/core/release.ts";
import { createReleaseReader } from "../../src/store/live-releases.ts";
import { createReleaseStore, type ReleaseStore } from "../../src/store/releases.ts";
import { type Crash, crashAfter, crashingDb, crashingKv } from "./crashing.ts";
import { migrate } from "./migrated.ts";
import { sampleDraft } from "./sample-draft.ts";

const { DB: db, KV: kv } = env;
const store = createReleaseStore({ db, kv });
const reader = createReleaseReader({ kv });
const crashing = (crash: Crash) => createReleaseStore({ db: crashingDb(db, crash), kv: crashingKv(kv, crash) });

const key = (site: string) => site as SiteKey;
/** Releases of one name are the same one; its id is derived as publishing does. */
const release = (site: string, name: string, padding = ""): Release => {
  const draft = sampleDraft(site);
  const content = { ...draft, site: { ...draft.site, redirectHosts: [name, padding] } };
  const hash = createHash("sha256").update(canonicalJson(content as unknown as Json));
  return { shape: 1, id: `r_${hash.digest("hex").slice(0, 20)}` as ReleaseId, site: key(site), content };
};
const idOf = (site: string, name: string): ReleaseId => release(site, name).id;
const pointerTo = ({ site, id }: Release): LivePointer => ({ site, release: id, killed: false, publishedAtMs: 1000 });

async function publish(to: ReleaseStore, one: Release, hosts = [`${one.site}.example`]) {
  await to.save(one);
  return to.makeLive(pointerTo(one), hosts);
}

/** What a page finds: the id of the release that is whole and live for a host, or what is missing. */
async function liveAt(host: string): Promise<string> {
  const site = await reader.findSite(host);
  if (site === null) return "no site";
  const pointer = await reader.pointer(site);
  if (pointer === null) return "no pointer";
  if (pointer.killed) return "killed";
  return (await reader.release(pointer.release))?.id ?? "no release";
}

beforeAll(migrate);

describe("publishing", () => {
  it("brings a release to the pages of its hosts, from D1 as from KV", async ({ expect }) => {
    const one = release("publish", "r_1", "本😀");
    expect(await publish(store, one)).toEqual({ ok: true, value: pointerTo(one) });
    expect(await reader.release(one.id)).toEqual(one);
    expect(await store.read(one.id)).toEqual(one);
    expect(await liveAt("publish.example")).toBe(one.id);
  });

  it("stores releases larger than a row of D1", async ({ expect }) => {
    // 3 bytes each, and a pair at every cut: 2 MB would not hold it, and a cut pair would not come back.
    const one = release("large", "r_large", `x${"😀".repeat(700_000)}`);
    await publish(store, one);
    expect(await store.read(one.id)).toEqual(one);
    expect(await reader.release(one.id)).toEqual(one);
  });

  it("never changes a release that was saved", async ({ expect }) => {
    const first = release("same", "first");
    await store.save(first);
    await store.save({ ...release("same", "second"), id: first.id });
    expect(await store.read(first.id)).toEqual(first);
    expect(await store.list(key("same"))).toHaveLength(1);
  });

  it("lists a site's releases, newest first", async ({ expect }) => {
    let nowMs = 5;
    const timed = createReleaseStore({ db, kv, now: () => nowMs });
    await timed.save(release("list", "r_a"));
    nowMs = 9;
    await timed.save(release("list", "r_b"));
    expect(await timed.list(key("list"))).toEqual([
      { id: idOf("list", "r_b"), createdAtMs: 9 },
      { id: idOf("list", "r_a"), createdAtMs: 5 },
    ]);
  });

  it("refuses what was never saved, or saved for another site", async ({ expect }) => {
    const stray = release("stray", "r_stray");
    const other = release("other", "r_other");
    await store.save(other);
    expect(await store.makeLive(pointerTo(stray), [])).toMatchObject({ ok: false, error: { kind: "unknown_release" } });
    const foreign = { ...pointerTo(stray), release: other.id };
    expect(await store.makeLive(foreign, [])).toMatchObject({ ok: false, error: { kind: "unknown_release" } });
    expect(await store.pointer(key("stray"))).toBeNull();
  });

  it("takes hosts that are free, gives up those it no longer names, and refuses another site's", async ({ expect }) => {
    await publish(store, release("host-a", "r_ha"), ["a.test", "shared.test"]);
    const second = release("host-b", "r_hb");
    expect(await publish(store, second, ["b.test", "shared.test"])).toEqual({
      ok: false,
      error: { kind: "host_taken", host: "shared.test", by: "host-a" },
    });
    expect(await liveAt("b.test")).toBe("no site");
    await publish(store, release("host-a", "r_ha2"), ["a.test"]);
    expect(await reader.findSite("shared.test")).toBeNull();
    expect((await publish(store, second, ["b.test", "shared.test"])).ok).toBe(true);
    expect([await liveAt("a.test"), await liveAt("shared.test")]).toEqual([idOf("host-a", "r_ha2"), second.id]);
  });

  it("leaves the last of racing publishers live everywhere", async ({ expect }) => {
    const all = Array.from({ length: 8 }, (_, index) => release("racing", `r_race${index}`));
    await Promise.all(all.map((one) => publish(store, one)));
    expect(await liveAt("racing.example")).toBe((await store.pointer(key("racing")))?.release);
  });
});

describe("a crash at any step of a publish", () => {
  const older = (site: string) => release(site, `r_${site}-old`);
  const newer = (site: string) => release(site, `r_${site}-new`);

  it.for([false, true])(
    "leaves the old release live or the new one (answer lost: %s)",
    async (lostAnswer, { expect }) => {
      let crashed = true;
      for (let steps = 0; crashed; steps++) {
        const site = `crash-${lostAnswer}-${steps}`;
        await publish(store, older(site));
        const fate = publish(crashing(crashAfter(steps, lostAnswer)), newer(site), [
          `${site}.example`,
          `new.${site}.example`,
        ]);
        crashed = await fate.then(
          () => false,
          () => true,
        );
        expect([older(site).id, newer(site).id]).toContain(await liveAt(`${site}.example`));
        await store.repair(key(site));
        expect(await liveAt(`${site}.example`)).toBe((await store.pointer(key(site)))?.release);
        expect(await store.repair(key(site))).toEqual([]);
        expect(steps).toBeLessThan(40);
      }
    },
  );

  it("never leads to a site without a release on its first publish", async ({ expect }) => {
    let crashed = true;
    for (let steps = 0; crashed; steps++) {
      const site = `first-${steps}`;
      const fate = publish(crashing(crashAfter(steps)), newer(site));
      crashed = await fate.then(
        () => false,
        () => true,
      );
      expect(["no site", newer(site).id]).toContain(await liveAt(`${site}.example`));
    }
  });
});

describe("a crash at any step of staging", () => {
  it("leaves the live release live, and pages agree with D1 after a repair", async ({ expect }) => {
    let crashed = true;
    const deed = { by: { id: "person:cat", name: "cat" }, atMs: 1, revision: null, needsApproval: false };
    for (let steps = 0; crashed; steps++) {
      const site = `stage-${steps}`;
      const [old, early] = [release(site, `r_${site}-old`), release(site, `r_${site}-early`)];
      await publish(store, old);
      await store.save(early);
      await kv.delete(`release:${early.id}`);
      const staging = crashing(crashAfter(steps)).stage(
        key(site),
        { release: early.id, shareBps: 100, seed: "s" },
        deed,
      );
      crashed = await staging.then(
        () => false,
        () => true,
      );
      const pointer = await reader.pointer(key(site));
      expect(await liveAt(`${site}.example`)).toBe(old.id);
      if (pointer?.staged) expect((await reader.release(pointer.staged.release))?.id).toBe(early.id);
      await store.repair(key(site));
      expect((await reader.pointer(key(site)))?.staged).toEqual((await store.pointer(key(site)))?.staged);
    }
  });
});

describe("repair", () => {
  it("puts back what KV lost, and removes hosts that lead nowhere", async ({ expect }) => {
    const one = release("repair", "r_repair");
    await publish(store, one);
    await kv.delete(`release:${one.id}`);
    await kv.put("live:repair", "{broken");
    await kv.put("host:old.repair.example", "repair", { metadata: { site: "repair" } });
    expect(await store.repair(key("repair"))).toEqual([`release:${one.id}`, "live:repair", "host:old.repair.example"]);
    expect([await liveAt("repair.example"), await liveAt("old.repair.example")]).toEqual([one.id, "no site"]);
  });
});

describe("the kill switch", () => {
  it("stops a site and lets it go on", async ({ expect }) => {
    await publish(store, release("kill", "r_kill"));
    expect(await store.kill(key("kill"), true)).toEqual({ atEdge: true, inDatabase: true });
    expect(await liveAt("kill.example")).toBe("killed");
    await store.kill(key("kill"), false);
    expect(await liveAt("kill.example")).toBe(idOf("kill", "r_kill"));
  });

  it("is not undone by a publish", async ({ expect }) => {
    await publish(store, release("kept", "r_kept"));
    await store.kill(key("kept"), true);
    expect(await publish(store, release("kept", "r_kept2"))).toMatchObject({
      value: { killed: true, release: idOf("kept", "r_kept2") },
    });
    expect(await liveAt("kept.example")).toBe("killed");
  });

  it.for(["repair", "publish"])(
    "works with D1 down, and D1 learns of it with the next %s",
    async (next, { expect }) => {
      const site = `down-${next}`;
      await publish(store, release(site, `r_${site}`));
      const dbDown = createReleaseStore({ db: crashingDb(db, crashAfter(0)), kv });
      expect(await dbDown.kill(key(site), true)).toEqual({ atEdge: true, inDatabase: false });
      expect(await liveAt(`${site}.example`)).toBe("killed");
      await (next === "repair" ? store.repair(key(site)) : publish(store, release(site, `r_${site}2`)));
      expect(await store.pointer(key(site))).toMatchObject({ killed: true });
      expect(await liveAt(`${site}.example`)).toBe("killed");
    },
  );

  it("works with D1 hanging", async ({ expect }) => {
    await publish(store, release("hang", "r_hang"));
    const hanging = {
      prepare: () => ({ bind: () => ({ first: () => new Promise(() => {}) }) }),
    } as unknown as D1Database;
    const dbHangs = createReleaseStore({ db: hanging, kv, databaseDeadlineMs: 20 });
    expect(await dbHangs.kill(key("hang"), true)).toEqual({ atEdge: true, inDatabase: false });
    expect(await liveAt("hang.example")).toBe("killed");
  });

  it("is not thrown again by what an older, unrecorded one left behind", async ({ expect }) => {
    await publish(store, release("older", "r_older"));
    await store.kill(key("older"), false);
    const pointer = JSON.stringify({ ...pointerTo(release("older", "r_older")), killed: true });
    await kv.put("live:older", pointer, { metadata: { unrecordedAtMs: 5 } });
    await store.repair(key("older"));
    expect(await liveAt("older.example")).toBe(idOf("older", "r_older"));
  });

  it("says when it reached only D1, and repair brings it to the pages", async ({ expect }) => {
    await publish(store, release("kv-down", "r_kvdown"));
    const kvDown = createReleaseStore({ db, kv: crashingKv(kv, crashAfter(0)) });
    expect(await kvDown.kill(key("kv-down"), true)).toEqual({ atEdge: false, inDatabase: true });
    await store.repair(key("kv-down"));
    expect(await liveAt("kv-down.example")).toBe("killed");
  });

  it("reaches nothing where nothing is live", async ({ expect }) => {
    expect(await store.kill(key("nowhere"), true)).toEqual({ atEdge: false, inDatabase: false });
  });
});
