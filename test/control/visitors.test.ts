import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import type { SiteKey, VisitorId } from "../../src/core/ids.ts";
import { decodeVisitClaims } from "../../src/core/visit-link.ts";
import { createProfileStore } from "../../src/store/profiles.ts";
import { migrate } from "../store/migrated.ts";
import { caller, nowMs, signer, siteFile } from "./api.ts";

const call = caller();
const profiles = createProfileStore({ kv: env.KV, db: env.VISITORS });
const site = "bookshop" as SiteKey;
const visitor = "night-reader-000000002" as VisitorId;

beforeAll(migrate);
beforeAll(async () => {
  await call("PUT", "/sites/bookshop/draft", { body: siteFile() });
});

it("the key with which a site signs its users' ids is the site's own, and not stored by anyone", async ({ expect }) => {
  const { status, json, headers } = await call("POST", "/sites/bookshop/identify-key");
  expect([status, json]).toEqual([200, { site: "bookshop", key: "key of bookshop" }]);
  expect(headers.get("cache-control")).toBe("no-store");
});

describe("traits", () => {
  it("are set, left and forgotten, in D1 and near the visitor", async ({ expect }) => {
    const path = `/sites/bookshop/visitors/${visitor}/traits`;
    await call("PUT", path, { body: { readingHour: 23, name: "Nadia" } });
    const { status, json } = await call("PUT", path, { body: { readingHour: 22, name: null } });
    expect([status, json]).toEqual([200, { visitor, traits: { readingHour: 22 } }]);
    expect((await profiles.read(visitor, site))?.traits).toEqual({ readingHour: 22 });
  });

  it("belong to a visitor, and are a mapping", async ({ expect }) => {
    expect((await call("PUT", "/sites/bookshop/visitors/short/traits", { body: {} })).status).toBe(404);
    expect((await call("PUT", `/sites/bookshop/visitors/${visitor}/traits`, { body: [] })).status).toBe(422);
  });
});

describe("seeding", () => {
  it("writes profiles as far as given, and repeats without harm", async ({ expect }) => {
    const id = "art-buyer-000000000003" as VisitorId;
    const facts = { count: 3, firstMs: 1000, lastMs: 2000 };
    const body = [{ visitor: id, traits: { bought: { art: 3 } }, affinities: { art: 0.9 }, events: { order: facts } }];
    expect((await call("POST", "/sites/bookshop/visitors", { body })).json).toEqual({ site, visitors: 1 });
    expect((await call("POST", "/sites/bookshop/visitors", { body })).status).toBe(200);
    const expected = {
      traits: { bought: { art: 3 } },
      affinities: { art: 0.9 },
      events: { order: { ...facts, hours: [], days: [] } },
    };
    expect(await profiles.read(id, site)).toMatchObject(expected);
    expect(await profiles.readCopy(id, site)).toMatchObject(expected);
  });

  it.for([
    [[{ visitor: "short" }], "/0/visitor"],
    [[{ visitor, traits: [] }], "/0/traits"],
    [[{ visitor, affinities: { art: 2 } }], "/0/affinities/art"],
    [[{ visitor, sticky: {} }], "/0"],
    [{}, ""],
    [[], ""],
  ] as const)("refuses %j", async ([body, path], { expect }) => {
    const { status, json } = await call("POST", "/sites/bookshop/visitors", { body });
    expect([status, json.problems[0].path]).toEqual([422, path]);
  });
});

describe("a visit link", () => {
  it("opens the site as that visitor, for a while", async ({ expect }) => {
    const { status, json } = await call("POST", "/sites/bookshop/visit-links", {
      body: { visitor, to: "/a?b=1#c", expiresInS: 60 },
    });
    expect(status).toBe(201);
    const url = new URL(json.url);
    expect([url.origin, url.pathname, url.searchParams.get("b"), url.hash]).toEqual([
      "https://bookshop.example",
      "/a",
      "1",
      "#c",
    ]);
    const text = (await signer.open(url.searchParams.get("caramel_visit") ?? "")) ?? "";
    expect(decodeVisitClaims(text, site, nowMs)).toEqual({ site, visitor, expiresAtMs: nowMs + 60_000 });
    expect(decodeVisitClaims(text, site, nowMs + 60_000)).toBeNull();
    expect(decodeVisitClaims(text, "other" as SiteKey, nowMs)).toBeNull();
  });

  it.for(["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:x", "", "/ x"])(
    "leads nowhere else: %j",
    async (to, { expect }) => {
      expect((await call("POST", "/sites/bookshop/visit-links", { body: { visitor, to } })).status).toBe(422);
    },
  );
});
