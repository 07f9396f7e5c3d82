import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import type { SiteKey, VisitorId } from "../../src/core/ids.ts";
import { emptyProfile, type Profile } from "../../src/core/profile.ts";
import { createProfileStore } from "../../src/store/profiles.ts";
import { crashAfter, crashingDb, crashingKv } from "./crashing.ts";
import { migrate } from "./migrated.ts";

const { VISITORS: db, KV: kv } = env;
const profiles = createProfileStore({ db, kv });
const site = "shop" as SiteKey;
const visitor = (name: string) => name as VisitorId;
const full: Profile = {
  traits: { name: "Ann", tags: ["a", null] },
  affinities: { art: 0.5 },
  events: { view: { count: 2, firstMs: 1, lastMs: 2, hours: [[0, 2]], days: [[0, 2]] } },
  sticky: { hero: { variant: "warm", version: 2 } },
  exposed: ["hero@2"],
};

beforeAll(migrate);

describe("the copy", () => {
  it("is read as it was written", async ({ expect }) => {
    await profiles.writeCopy(visitor("copy"), site, full);
    expect(await profiles.readCopy(visitor("copy"), site)).toEqual(full);
    expect(await profiles.readCopy(visitor("copy"), "other" as SiteKey)).toBeNull();
  });

  it.for([
    "",
    "{",
    "null",
    "[]",
    "{}",
    JSON.stringify({ ...full, traits: [] }),
    JSON.stringify({ ...full, affinities: { art: "much" } }),
    JSON.stringify({ ...full, events: { view: { count: 1 } } }),
    JSON.stringify({ ...full, events: { view: { ...full.events.view, hours: [[1]] } } }),
    JSON.stringify({ ...full, sticky: { hero: "warm" } }),
    JSON.stringify({ ...full, exposed: [1] }),
  ])("is no profile when KV holds %s", async (text, { expect }) => {
    await kv.put("profile:1:broken:shop", text);
    expect(await profiles.readCopy(visitor("broken"), site)).toBeNull();
  });
});

describe("traits", () => {
  it("are set in D1 and in the copy; the others stay, null forgets", async ({ expect }) => {
    await profiles.setTraits(visitor("t"), site, { a: 1, b: { c: [2] } }, 5);
    await profiles.setTraits(visitor("t"), site, { a: null, d: "x" }, 6);
    const expected = { ...emptyProfile, traits: { b: { c: [2] }, d: "x" } };
    expect(await profiles.read(visitor("t"), site)).toEqual(expected);
    expect(await profiles.readCopy(visitor("t"), site)).toEqual(expected);
  });

  it("are in D1 before they are in the copy", async ({ expect }) => {
    const kvDown = createProfileStore({ db, kv: crashingKv(kv, crashAfter(0)) });
    await expect(kvDown.setTraits(visitor("order"), site, { a: 1 }, 5)).rejects.toThrow("crashed");
    expect((await profiles.read(visitor("order"), site))?.traits).toEqual({ a: 1 });
    const dbDown = createProfileStore({ db: crashingDb(db, crashAfter(1)), kv });
    await expect(dbDown.setTraits(visitor("order"), site, { a: 2 }, 5)).rejects.toThrow("crashed");
    expect(await profiles.readCopy(visitor("order"), site)).toBeNull();
  });

  it("are not there for a visitor nothing is known of", async ({ expect }) => {
    expect(await profiles.read(visitor("unknown"), site)).toBeNull();
  });

  it("never replace a profile that can't be read", async ({ expect }) => {
    await profiles.setTraits(visitor("odd"), site, { a: 1 }, 5);
    await db.prepare("UPDATE profiles SET profile = '{}' WHERE visitor = 'odd'").run();
    await expect(profiles.setTraits(visitor("odd"), site, { b: 1 }, 5)).rejects.toThrow("can't be read");
    expect(await db.prepare("SELECT profile FROM profiles WHERE visitor = 'odd'").first("profile")).toBe("{}");
  });
});
