import { describe, it } from "vitest";
import { bucketOf } from "../../src/core/hash.ts";
import type { ReleaseId, SiteKey, VisitorId } from "../../src/core/ids.ts";
import type { LivePointer, Release } from "../../src/core/release.ts";
import type { Edge } from "../../src/edge/edge.ts";
import { handle } from "../../src/edge/handle.ts";
import { createLiveSites, type ReleaseReader } from "../../src/edge/live.ts";
import { ofrep } from "../../src/edge/ofrep/door.ts";
import { compiledFrom, cookieAfter, edgeWith, nowMs, pageRequest } from "./ports.ts";

const titled = (value: string) => ({
  apps: { web: { clientKey: "ck_0123456789abcdef", origins: ["https://shop.example"] } },
  slots: { title: { type: "text", default: "none" } },
  experiences: {
    hero: {
      kind: "personalization",
      routes: ["/"],
      variants: { on: { operations: [{ selector: "h1", action: "setText", value }], slots: { title: value } } },
    },
  },
});
const release = (id: string, value: string): Release => ({
  ...compiledFrom(titled(value)).release,
  id: id as ReleaseId,
});
const [live, early] = [release("r_live", "Live"), release("r_early", "Early")];
const seed = "stage:r_early";

/** An edge before KV with these releases, of which one is staged for a share. */
function staged(shareBps: number, over: Partial<ReleaseReader> = {}) {
  const reads: string[] = [];
  const pointer: LivePointer = {
    site: "shop" as SiteKey,
    release: live.id,
    killed: false,
    publishedAtMs: 0,
    ...(shareBps === 0 ? {} : { staged: { release: early.id, shareBps, seed } }),
  };
  const reader: ReleaseReader = {
    findSite: async () => "shop" as SiteKey,
    pointer: async () => pointer,
    release: async (id) => {
      reads.push(id);
      return id === live.id ? live : early;
    },
    weights: async () => ({}),
    ...over,
  };
  let ids = 0;
  const { edge, seen } = edgeWith({
    sites: createLiveSites({ reader, now: () => nowMs, report: () => {} }),
    newVisitorId: () => `visitor-${String(ids++).padStart(14, "0")}` as VisitorId,
  });
  return { edge, seen, reads };
}

async function seenBy(edge: Edge, cookie?: string, agent?: string) {
  const headers = {
    ...(cookie === undefined ? {} : { cookie }),
    ...(agent === undefined ? {} : { "user-agent": agent }),
  };
  const response = await handle(pageRequest("/", headers), edge);
  const title = /<h1>(.*?)<\/h1>/.exec(await response.text())?.[1];
  return { title, cookie: cookieAfter(response) };
}

describe("a staged release", () => {
  it("is what exactly those below the share get, from the first page on and ever after", async ({ expect }) => {
    const { edge, seen } = staged(3000);
    const titles: string[] = [];
    for (let at = 0; at < 60; at += 1) {
      const first = await seenBy(edge);
      const again = await seenBy(edge, first.cookie);
      await seen.settled();
      const { visitor = "", exposures = [] } = seen.sent.at(-1) ?? {};
      const expected = bucketOf(seed, visitor) < 3000 ? early : live;
      expect([first.title, again.title]).toEqual(Array(2).fill(expected === early ? "Early" : "Live"));
      expect(exposures[0]?.release).toBe(expected.id);
      titles.push(first.title ?? "");
    }
    const share = titles.filter((title) => title === "Early").length / titles.length;
    expect(share).toBeGreaterThan(0.12);
    expect(share).toBeLessThan(0.5);
  });

  it("keeps everybody who had it when the share grows", async ({ expect }) => {
    const [few, many] = [staged(2000), staged(6000)];
    for (let at = 0; at < 30; at += 1) {
      const { title, cookie } = await seenBy(few.edge);
      const later = await seenBy(many.edge, cookie);
      if (title === "Early") expect(later.title).toBe("Early");
    }
  });

  it("is one and the same for all crawlers", async ({ expect }) => {
    const { edge } = staged(5000);
    const titles = await Promise.all(Array.from({ length: 8 }, () => seenBy(edge, undefined, "Googlebot/2.1")));
    expect(new Set(titles.map(({ title }) => title)).size).toBe(1);
  });

  it("is looked for only when there is one", async ({ expect }) => {
    const { edge, reads } = staged(0);
    expect((await seenBy(edge)).title).toBe("Live");
    expect(reads).toEqual(["r_live"]);
  });

  it("that can't be had leaves everybody the live one", async ({ expect }) => {
    const { edge } = staged(10_000, {
      release: async (id) => {
        if (id === early.id) throw new Error("KV is away");
        return live;
      },
    });
    expect((await seenBy(edge)).title).toBe("Live");
  });

  it("stops with the kill switch, too", async ({ expect }) => {
    const pointer: LivePointer = {
      site: "shop" as SiteKey,
      release: live.id,
      killed: true,
      publishedAtMs: 0,
      staged: { release: early.id, shareBps: 10_000, seed },
    };
    expect((await seenBy(staged(10_000, { pointer: async () => pointer }).edge)).title).toBe("Books");
  });

  it("is what applications get for the same subjects", async ({ expect }) => {
    const { edge } = staged(5000);
    for (const targetingKey of ["visitor-one-00000001", "visitor-two-00000002", "visitor-six-00000006"]) {
      const request = new Request("https://shop.example/_caramel/ofrep/v1/evaluate/flags/title", {
        method: "POST",
        headers: {
          authorization: "Bearer ck_0123456789abcdef",
          origin: "https://shop.example",
          "content-type": "application/json",
        },
        body: JSON.stringify({ context: { targetingKey } }),
      });
      const { value } = await (await ofrep(request, edge)).json<{ value: string }>();
      expect(value).toBe(bucketOf(seed, targetingKey) < 5000 ? "Early" : "Live");
    }
  });
});
