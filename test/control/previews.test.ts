import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import type { ReleaseId } from "../../src/core/ids.ts";
import { decodePreviewClaims, previewParameter } from "../../src/core/preview-link.ts";
import { createPreviewReleases } from "../../src/store/preview-releases.ts";
import { migrate } from "../store/migrated.ts";
import { caller, nowMs, previewSigner, siteFile } from "./api.ts";

beforeAll(migrate);

const dayMs = 86_400_000;

async function site(more: object = {}) {
  const call = caller();
  await call("PUT", "/sites/bookshop/draft", { body: siteFile("bookshop", more) });
  return call;
}

async function claimsIn(url: string) {
  const token = new URL(url).searchParams.get(previewParameter) ?? "";
  return decodePreviewClaims((await previewSigner.open(token)) ?? "", nowMs);
}

describe("a link to a preview", () => {
  it("shows the draft as it was when the link was made, with nothing published", async ({ expect }) => {
    const call = await site();
    const { status, json } = await call("POST", "/sites/bookshop/previews", { body: {} });
    expect(status).toBe(201);
    expect(await createPreviewReleases(env.KV).read(json.release)).toMatchObject({ id: json.release });
    expect(json.url).toMatch(/^https:\/\/bookshop\.example\/\?caramel_preview=/);
    expect(json).toMatchObject({ isNew: true, expiresAtMs: nowMs + dayMs });
    const { json: releases } = await call("GET", "/sites/bookshop/releases");
    expect(releases).toMatchObject({ live: null, releases: [] });
  });

  it("says as whom, where and when", async ({ expect }) => {
    const call = await site();
    const body = {
      to: "/books/1?ref=mail#top",
      visitor: "a-visitor-of-the-shop",
      at: "2026-12-24T18:00:00+01:00",
      place: { country: "DE" },
      device: "mobile",
      traits: { tier: "gold" },
      variants: { hero: "on" },
      expiresInS: 600,
    };
    const { json } = await call("POST", "/sites/bookshop/previews", { body });
    expect(new URL(json.url).hash).toBe("#top");
    expect(await claimsIn(json.url)).toMatchObject({
      visitor: "a-visitor-of-the-shop",
      isNew: false,
      atMs: Date.parse("2026-12-24T17:00:00Z"),
      place: { country: "DE" },
      headers: { "user-agent": expect.stringContaining("iPhone") },
      traits: { tier: "gold" },
      variants: { hero: "on" },
      expiresAtMs: nowMs + 600_000,
    });
  });

  it("shows an earlier release when asked to", async ({ expect }) => {
    const call = await site();
    const { json: live } = await call("POST", "/sites/bookshop/releases");
    const { json } = await call("POST", "/sites/bookshop/previews", { body: { release: live.release } });
    expect((await claimsIn(json.url))?.release).toBe(live.release as ReleaseId);
    expect((await call("POST", "/sites/bookshop/previews", { body: { release: "r_none" } })).status).toBe(404);
  });

  it.for([
    ["a time without a zone", { at: "2026-12-24" }, "zone"],
    ["an unknown fact of a place", { place: { planet: "Mars" } }, "country, region"],
    ["a header that a preview has no use for", { headers: { authorization: "x" } }, "user-agent"],
    ["a header with a line in it", { headers: { referer: "a\r\nb: c" } }, "headers"],
    ["an experience that is not there", { variants: { heroo: "on" } }, 'Did you mean "hero"?'],
    ["a variant that is not there", { variants: { hero: "off" } }, 'Known are "on"'],
    ["another host as its page", { to: "//evil.example/" }, "begins with one /"],
    ["a life of a year", { expiresInS: 365 * 86_400 }, "expiresInS"],
    ["more than a cookie holds", { traits: { essay: "x".repeat(3000) } }, "2400 bytes"],
    ["a word that means nothing", { colour: "red" }, "colour"],
  ] as const)("is refused with %s, and says how to mend it", async ([, body, words], { expect }) => {
    const call = await site();
    const { status, json } = await call("POST", "/sites/bookshop/previews", { body });
    expect([400, 422]).toContain(status);
    expect(JSON.stringify(json).replaceAll('\\"', '"')).toContain(words);
  });

  it("is not made of a draft with mistakes", async ({ expect }) => {
    const call = await site();
    await env.DB.prepare('UPDATE variants SET operations = \'[{"selector":"h1 + h2","action":"remove"}]\'').run();
    const { status, json } = await call("POST", "/sites/bookshop/previews", { body: {} });
    expect(status).toBe(422);
    expect(json.problems[0].path).toContain("/experiences/hero");
  });
});
