import { describe, it } from "vitest";
import type { VisitorId } from "../../src/core/ids.ts";
import { handle } from "../../src/edge/handle.ts";
import { cookieAfter, edgeWith, everyone, originHtml, pageRequest } from "./ports.ts";

describe("crawlers", () => {
  const agents = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
  ];
  const byDevice = {
    experiences: {
      hero: {
        kind: "experiment",
        routes: ["/"],
        variants: {
          control: { weight: "50%" },
          warm: { weight: "50%", operations: [{ selector: "h1", action: "setText", value: "Warm" }] },
        },
      },
      phones: {
        kind: "personalization",
        routes: ["/"],
        audience: { "context.device": "mobile" },
        variants: { on: { operations: [{ selector: ".offer", action: "remove" }] } },
      },
    },
  };
  const crawl = async (file: Record<string, unknown>, agent: string) => {
    // Each from a process of its own.
    const { edge, seen } = edgeWith({ file, newVisitorId: () => crypto.randomUUID() as VisitorId });
    const response = await handle(pageRequest("/", { "user-agent": agent }), edge);
    const text = await response.text();
    await seen.settled();
    return {
      text,
      sent: seen.sent.length,
      cookies: response.headers.getSetCookie(),
      why: response.headers.get("x-caramel"),
    };
  };

  it("all see one page, whatever browser they claim to be and whichever process answers", async ({ expect }) => {
    const pages = await Promise.all([...agents, ...agents].map((agent) => crawl(byDevice, agent)));
    expect(new Set(pages.map(({ text }) => text)).size).toBe(1);
    expect(pages.flatMap(({ sent, cookies }) => [sent, cookies.length])).toEqual(Array(16).fill(0));
  });

  it("see a page that people see too: none is made for them", async ({ expect }) => {
    const people = await Promise.all(
      Array.from({ length: 20 }, () =>
        crawl({ ...byDevice, experiences: { hero: byDevice.experiences.hero } }, "Mozilla/5.0 Firefox/140"),
      ),
    );
    const { text } = await crawl(byDevice, agents[0] ?? "");
    expect([originHtml, originHtml.replace("Books", "Warm")]).toContain(text);
    expect(people.map((page) => page.text)).toContain(text);
  });

  it("get the origin's page where the site keeps them out", async ({ expect }) => {
    const page = await crawl({ ...everyone, bots: "exclude" }, agents[0] ?? "");
    expect([page.text, page.why, page.sent, page.cookies]).toEqual([originHtml, "bypass;bot", 0, []]);
    const person = await crawl({ ...everyone, bots: "exclude" }, "Mozilla/5.0 Firefox/140");
    expect(person.text).toContain("Hello");
  });
});

describe("browsers that fetch ahead", () => {
  it.for([
    { "sec-purpose": "prefetch" },
    { "sec-purpose": "prefetch;prerender" },
    { "sec-purpose": "prefetch;anonymous-client-ip" },
    { purpose: "prefetch" },
    { purpose: "prerender" },
    { "x-purpose": "preview" },
    { "x-moz": "prefetch" },
  ])("%j: served like anyone, never counted; the visit that follows is", async (headers, { expect }) => {
    const { edge, seen } = edgeWith();
    const ahead = await handle(pageRequest("/", headers), edge);
    expect(await ahead.text()).toContain("Hello");
    await seen.settled();
    expect(seen.sent).toEqual([]);
    await (await handle(pageRequest("/", { cookie: cookieAfter(ahead) }), edge)).text();
    await seen.settled();
    expect(seen.sent.flatMap(({ exposures }) => exposures)).toHaveLength(1);
  });
});
