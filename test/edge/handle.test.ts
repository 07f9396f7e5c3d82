import { describe, it } from "vitest";
import { armOf, rangesOf } from "../../src/core/allocation.ts";
import { bucketOf } from "../../src/core/hash.ts";
import type { SiteKey } from "../../src/core/ids.ts";
import { decodeVisit } from "../../src/core/visit.ts";
import { handle } from "../../src/edge/handle.ts";
import { cookieAfter, edgeWith, everyone, htmlAnswer, originHtml, pageRequest, signer } from "./ports.ts";

const halves = {
  experiences: {
    hero: {
      kind: "experiment",
      routes: ["/"],
      variants: {
        control: { weight: "50%" },
        warm: { weight: "50%", operations: [{ selector: "h1", action: "setText", value: "Warm" }] },
      },
    },
  },
};

const visitIn = async (response: Response) => {
  const value = cookieAfter(response).replace(/^[^=]+=/, "");
  return decodeVisit((await signer.open(value)) ?? "", "shop" as SiteKey);
};

describe("a page", () => {
  it("is personalised, private, and asks the origin once", async ({ expect }) => {
    const { edge, seen } = edgeWith();
    const response = await handle(pageRequest(), edge);
    expect(await response.text()).toBe(originHtml.replace("Books", "Hello"));
    expect(response.headers.get("cache-control")).toBe("private, no-store");
    expect(response.headers.get("etag")).toBeNull();
    expect(seen.asked).toHaveLength(1);
  });

  it("hashes the very id that its cookie carries, from the first page on", async ({ expect }) => {
    const { edge } = edgeWith({ file: halves });
    for (let round = 0; round < 20; round += 1) {
      const first = await handle(pageRequest(), edge);
      const visit = await visitIn(first);
      const arm = armOf(rangesOf([5000, 5000], 10_000), bucketOf("hero", visit?.visitor ?? ""));
      const text = await first.text();
      expect(text.includes("Warm")).toBe(arm === 1);
      const second = await handle(pageRequest("/", { cookie: cookieAfter(first) }), edge);
      expect(await second.text()).toBe(text);
    }
  });

  it("that no experience touches is the origin's very response", async ({ expect }) => {
    const answer = htmlAnswer();
    const { edge } = edgeWith({ answer: () => answer });
    expect(await handle(pageRequest("/elsewhere"), edge)).toBe(answer);
  });

  it("is private also for whom nothing was chosen: the next visitor may get something else", async ({ expect }) => {
    const file = { experiences: { hero: { ...everyone.experiences.hero, audience: { "context.country": "NZ" } } } };
    const { edge } = edgeWith({
      file,
      answer: () => htmlAnswer(originHtml, { "cache-control": "public, max-age=600" }),
    });
    expect((await handle(pageRequest(), edge)).headers.get("cache-control")).toBe("private, no-store");
  });

  it("is not made of an image that happens to lie on an open route", async ({ expect }) => {
    const file = { experiences: { hero: { ...everyone.experiences.hero, routes: ["/*"] } } };
    const answer = new Response("GIF89a", { headers: { "content-type": "image/gif", "cache-control": "public" } });
    const { edge } = edgeWith({ file, answer: () => answer });
    expect(await handle(pageRequest("/logo.gif"), edge)).toBe(answer);
  });

  it("keeps every cookie of the origin beside ours", async ({ expect }) => {
    const headers = new Headers({ "content-type": "text/html" });
    headers.append("set-cookie", "a=1; Expires=Wed, 09 Jun 2027 10:18:14 GMT");
    headers.append("set-cookie", "b=2");
    const { edge } = edgeWith({ answer: () => new Response(originHtml, { headers }) });
    const cookies = (await handle(pageRequest(), edge)).headers.getSetCookie();
    expect(cookies).toHaveLength(3);
    expect(cookies.slice(0, 2)).toEqual(["a=1; Expires=Wed, 09 Jun 2027 10:18:14 GMT", "b=2"]);
    expect(cookies[2]).toMatch(/^caramel=.*; HttpOnly; SameSite=Lax; Secure$/);
  });
});

describe("the visit cookie", () => {
  const known = async (edge: Parameters<typeof handle>[1]) => cookieAfter(await handle(pageRequest(), edge));

  it("is not set again while it says it all", async ({ expect }) => {
    const { edge, seen } = edgeWith();
    const first = await handle(pageRequest(), edge);
    await first.text();
    await seen.settled();
    // The second page's cookie learns of the exposure; from then on there is nothing to say.
    const second = await handle(pageRequest("/", { cookie: cookieAfter(first) }), edge);
    const third = await handle(pageRequest("/", { cookie: cookieAfter(second) }), edge);
    expect(second.headers.getSetCookie()).toHaveLength(1);
    expect(third.headers.getSetCookie()).toEqual([]);
  });

  it.for([
    ["tampered", (cookie: string) => cookie.replace(/=../, "=xx")],
    ["cut off", (cookie: string) => cookie.slice(0, -5)],
    ["somebody else's", () => "caramel=eyJzIjoxfQ.AAAA"],
    ["there twice", (cookie: string) => `${cookie}; ${cookie}`],
    ["15 KB long", () => `caramel=${"a".repeat(15_000)}`],
    ["not base64", () => "caramel=%%%.%%%"],
    ["empty", () => "caramel="],
  ] as const)("that is %s makes a new visitor, never an error", async ([, spoil], { expect }) => {
    const { edge, seen } = edgeWith();
    const cookie = await known(edge);
    const before = await signer.open(cookie.replace(/^[^=]+=/, ""));
    const response = await handle(pageRequest("/", { cookie: spoil(cookie) }), edge);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("Hello");
    expect((await visitIn(response))?.visitor).toBeDefined();
    expect((await visitIn(response))?.visitor).not.toBe(decodeVisit(before ?? "", "shop" as SiteKey)?.visitor);
    expect(seen.failures).toEqual([]);
  });

  it("is never set for those who do not want to be recognised", async ({ expect }) => {
    const { edge, seen } = edgeWith();
    const response = await handle(pageRequest("/", { "sec-gpc": "1" }), edge);
    await response.text();
    await seen.settled();
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(response.headers.get("x-caramel")).toBe("bypass;gpc");
    expect(seen.sent).toEqual([]);
  });

  it("is never set for crawlers, who see one stable page and are not counted", async ({ expect }) => {
    const { edge, seen } = edgeWith({ file: halves });
    const crawl = () =>
      handle(pageRequest("/", { "user-agent": "Googlebot/2.1 (+http://www.google.com/bot.html)" }), edge);
    const pages = await Promise.all([crawl(), crawl(), crawl()]);
    expect(new Set(await Promise.all(pages.map((page) => page.text()))).size).toBe(1);
    await seen.settled();
    expect(pages.flatMap((page) => page.headers.getSetCookie())).toEqual([]);
    expect(seen.sent).toEqual([]);
  });
});

describe("an exposure", () => {
  const view = async (edge: Parameters<typeof handle>[1], cookie = "") => {
    const response = await handle(pageRequest("/", { cookie }), edge);
    await response.text();
    return response;
  };

  it("is recorded in control and treatment alike, once their place was found", async ({ expect }) => {
    const { edge, seen } = edgeWith({ file: halves });
    for (let round = 0; round < 20; round += 1) await view(edge);
    await seen.settled();
    const exposures = seen.sent.flatMap((envelope) => envelope.exposures);
    expect(exposures).toHaveLength(20);
    expect(new Set(exposures.map(({ variant }) => variant))).toEqual(new Set(["control", "warm"]));
    expect(exposures[0]).toMatchObject({ experience: "hero", version: 1, propensityBps: 5000, route: "/" });
  });

  it("is not recorded on a page where the place is missing", async ({ expect }) => {
    const { edge, seen } = edgeWith({ file: halves, answer: () => htmlAnswer("<p>Nothing here</p>") });
    for (let round = 0; round < 10; round += 1) await view(edge);
    await seen.settled();
    expect(seen.sent).toEqual([]);
  });

  it("is recorded once per visitor: the second page's cookie says so, the third sends nothing", async ({ expect }) => {
    const { edge, seen } = edgeWith();
    const first = await view(edge);
    await seen.settled();
    const second = await view(edge, cookieAfter(first));
    expect((await visitIn(second))?.enrolled).toEqual({ hero: { variant: "on", version: 1 } });
    // Another isolate, that remembers nothing.
    const elsewhere = edgeWith();
    await view(elsewhere.edge, cookieAfter(second));
    await Promise.all([seen.settled(), elsewhere.seen.settled()]);
    expect(seen.sent).toHaveLength(1);
    expect(elsewhere.seen.sent).toEqual([]);
  });

  it("is not counted for a prefetch", async ({ expect }) => {
    const { edge, seen } = edgeWith();
    await (await handle(pageRequest("/", { "sec-purpose": "prefetch;prerender" }), edge)).text();
    await seen.settled();
    expect(seen.sent).toEqual([]);
  });
});

describe("when something fails", () => {
  const never = () => new Promise<never>(() => {});

  it.for([
    [
      "identify throws",
      {
        signer: {
          sign: never,
          open: () => {
            throw new Error("a bug of ours");
          },
        },
      },
    ],
    ["signing throws", { signer: { ...signer, sign: () => Promise.reject(new Error("a bug of ours")) } }],
    [
      "the memory throws",
      {
        newVisitorId: () => {
          throw new Error("a bug of ours");
        },
      },
    ],
  ] as const)("%s: the origin's page goes out", async ([, ports], { expect }) => {
    const { edge, seen } = edgeWith(ports as object);
    const response = await handle(pageRequest("/", { cookie: "caramel=a.b" }), edge);
    expect(response.status).toBe(200);
    expect(response.headers.get("x-caramel")).toBe("bypass;error");
    expect(await response.text()).toBe(originHtml);
    expect(seen.asked).toHaveLength(1);
    expect(seen.failures[0]?.what).toContain("a bug of ours");
  });

  it("the queue refusing or hanging never shows", async ({ expect }) => {
    for (const send of [() => Promise.reject(new Error("down")), never]) {
      const { edge } = edgeWith({ events: { send } });
      expect(await (await handle(pageRequest(), edge)).text()).toContain("Hello");
    }
  });

  it.for([
    ["hangs", never],
    ["refuses", () => Promise.reject(new Error("KV is down"))],
  ] as const)("KV %s: decided without the profile, within the deadline", async ([, readCopy], { expect }) => {
    const file = { experiences: { hero: { ...everyone.experiences.hero, sticky: "visitor" } } };
    const { edge, seen } = edgeWith({ file, profiles: { readCopy } });
    const cookie = cookieAfter(await handle(pageRequest(), edge));
    const startedMs = Date.now();
    const response = await handle(pageRequest("/", { cookie }), edge);
    expect(await response.text()).toContain("Hello");
    expect(Date.now() - startedMs).toBeLessThan(1_000);
    expect(seen.failures.map(({ stage }) => stage)).toEqual(["profile"]);
  });

  it("a killed site passes through, and says so", async ({ expect }) => {
    const { edge } = edgeWith();
    const live = await edge.sites.find("shop.example");
    if (typeof live === "string") throw new Error(live);
    const killed = { ...edge, sites: { find: () => ({ ...live, pointer: { ...live.pointer, killed: true } }) } };
    const response = await handle(pageRequest(), killed);
    expect(response.headers.get("x-caramel")).toBe("bypass;killed");
    expect(await response.text()).toBe(originHtml);
  });

  it("a missing copy is asked for again, after the response", async ({ expect }) => {
    const file = { experiences: { hero: { ...everyone.experiences.hero, sticky: "visitor" } } };
    const { edge, seen } = edgeWith({ file });
    const first = await handle(pageRequest(), edge);
    await first.text();
    const cookie = cookieAfter(first);
    await (await handle(pageRequest("/", { cookie }), edge)).text();
    await seen.settled();
    expect(seen.sent.some(({ refresh }) => refresh)).toBe(true);
  });
});
