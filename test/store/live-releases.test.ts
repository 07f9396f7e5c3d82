import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import type { ReleaseId, SiteKey } from "../../src/core/ids.ts";
import { createReleaseReader, hostNames } from "../../src/store/live-releases.ts";

const { KV: kv } = env;
const reader = createReleaseReader({ kv });

describe("finding a site by its host", () => {
  beforeAll(async () => {
    await kv.put("host:shop.example.com", "shop");
    await kv.put("host:*.example.com", "wild");
    await kv.put("host:*.deep.example.com", "deep");
  });

  it.for([
    ["shop.example.com", "shop"],
    ["SHOP.Example.com:8787", "shop"],
    ["shop.example.com.", "shop"],
    ["other.example.com", "wild"],
    ["a.b.example.com", "wild"],
    ["a.deep.example.com", "deep"],
    ["example.com", null],
    ["example.com.evil.test", null],
    ["", null],
    [".", null],
    ["[::1]:8787", null],
  ])("%s is %s", async ([host, site], { expect }) => {
    expect(await reader.findSite(host ?? "")).toBe(site);
  });

  it("falls back to the site that takes any host", async ({ expect }) => {
    await kv.put("host:*", "any");
    expect(await reader.findSite("unheard.of")).toBe("any");
    expect(await reader.findSite("shop.example.com")).toBe("shop");
    expect(await reader.findSite("a.".repeat(2000))).toBe("any");
    expect(await reader.findSite(`${"x".repeat(600)}.example.com`)).toBe("any");
    await kv.delete("host:*");
  });

  it("never asks KV for more than it reads at once", ({ expect }) => {
    const names = hostNames(`${"a.".repeat(120)}com`);
    expect(names).toHaveLength(100);
    expect(names.slice(-2)).toEqual(["*.com", "*"]);
  });
});

describe("what KV holds", () => {
  it.for([
    "",
    "null",
    "{",
    "[]",
    '{"site":"other","release":"r_1","killed":false,"publishedAtMs":1}',
    '{"site":"s","release":1,"killed":false,"publishedAtMs":1}',
    '{"site":"s","release":"r_1","killed":"no","publishedAtMs":1}',
  ])("is no pointer when it reads %s", async (text, { expect }) => {
    await kv.put("live:s", text);
    expect(await reader.pointer("s" as SiteKey)).toBeNull();
  });

  it.for([
    '{"shape":2,"id":"r_x","site":"s","content":{"site":{"key":"s"}}}',
    '{"shape":1,"id":"r_y","site":"s","content":{"site":{"key":"s"}}}',
    '{"shape":1,"id":"r_x","site":"s","content":{"site":{"key":"t"}}}',
    '{"shape":1,"id":"r_x","site":"s","content":{"si',
    '{"shape":1,"id":"r_x","site":"s"}',
    '{"shape":1,"id":"r_x","site":"s","content":{"site":{"key":"s"}}}',
  ])("is no release when it reads %s", async (text, { expect }) => {
    await kv.put("release:r_x", text);
    expect(await reader.release("r_x" as ReleaseId)).toBeNull();
  });
});
