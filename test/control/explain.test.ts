import { beforeAll, describe, it } from "vitest";
import { migrate } from "../store/migrated.ts";
import { bookshopOnly, caller, siteFile } from "./api.ts";

const call = caller();
const night = {
  audiences: { night: { when: { "trait.readingHour": { $gte: 22 } } } },
  experiences: {
    hero: {
      kind: "personalization",
      routes: ["/"],
      audience: "night",
      variants: { warm: { operations: [{ selector: "h1", action: "setText", value: "Still awake?" }] } },
    },
  },
};
const nadia = "night-reader-000000002";
const ask = (query: Record<string, string>, path = "/sites/bookshop/explain", token?: string) =>
  call("GET", `${path}?${new URLSearchParams(query)}`, token === undefined ? {} : { token });

beforeAll(async () => {
  await migrate();
  await call("PUT", "/sites/bookshop/draft", { body: siteFile("bookshop", night) });
  await call("POST", "/sites/bookshop/releases");
  await call("PUT", `/sites/bookshop/visitors/${nadia}/traits`, { body: { readingHour: 23 } });
});

describe("explain", () => {
  it("reads what is stored of the visitor, and says why", async ({ expect }) => {
    const { status, json } = await ask({ url: "https://bookshop.example/", visitor: nadia, reason: "a test" });
    expect(status).toBe(200);
    expect(json.experiences[0]).toMatchObject({ experience: "hero", variant: "warm" });
    expect(json.experiences[0].steps.some(({ facts }: { facts: object }) => "trait.readingHour" in facts)).toBe(true);
  });

  it("says why not, for somebody new and elsewhere", async ({ expect }) => {
    const stranger = await ask({ url: "https://bookshop.example/" });
    expect(stranger.json.experiences[0]).toMatchObject({ variant: null, detail: "audience_miss" });
    const elsewhere = await ask({ url: "https://bookshop.example/books", visitor: nadia, reason: "a test" });
    expect(elsewhere.json.experiences[0]).toMatchObject({ variant: null, detail: "route" });
  });

  it("lays the context's traits over those stored", async ({ expect }) => {
    const context = JSON.stringify({ traits: { readingHour: 9 } });
    const { json } = await ask({ url: "https://bookshop.example/", visitor: nadia, context, reason: "a test" });
    expect(json.experiences[0]).toMatchObject({ variant: null, detail: "audience_miss" });
  });

  it("finds the site by the page's host", async ({ expect }) => {
    expect((await ask({ url: "https://bookshop.example/" }, "/explain")).status).toBe(200);
  });

  it.for([
    ["without a page", {}, 400],
    ["with a context that is no object", { url: "https://bookshop.example/", context: "[1]" }, 400],
    ["at no time", { url: "https://bookshop.example/", at: "soon" }, 400],
    ["for a release that is not there", { url: "https://bookshop.example/", release: "r_00000000000000000000" }, 404],
  ] as const)("refuses a question %s", async ([, query, status], { expect }) => {
    const answer = await ask(query);
    expect(answer.status).toBe(status);
    expect(answer.json.detail).toEqual(expect.any(String));
  });

  it("says why it looks at somebody, or does not look", async ({ expect }) => {
    for (const reason of [undefined, "", "  ", "x".repeat(301)]) {
      const query = { url: "https://bookshop.example/", visitor: nadia, ...(reason === undefined ? {} : { reason }) };
      const { status, json } = await ask(query);
      expect([status, json.detail]).toEqual([400, expect.stringContaining("Say why you look at a visitor")]);
    }
  });

  it("is for those who may read the site's visitors", async ({ expect }) => {
    const query = { url: "https://other.example/" };
    expect((await ask(query, "/sites/other/explain", bookshopOnly)).status).toBe(403);
  });
});
