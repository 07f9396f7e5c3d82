import { describe, it } from "vitest";
import type { Envelope, VisitorEvent } from "../../src/core/event.ts";
import { fold } from "../../src/core/fold.ts";
import type { SiteKey } from "../../src/core/ids.ts";
import { emptyProfile, type Profile } from "../../src/core/profile.ts";
import { decodeVisit } from "../../src/core/visit.ts";
import type { Edge } from "../../src/edge/edge.ts";
import { handle } from "../../src/edge/handle.ts";
import { cookieAfter, edgeWith, htmlAnswer, originHtml, pageRequest, signer } from "./ports.ts";

const reminder = {
  observe: {
    "view-book": { kind: "view", event: "view_book", routes: ["/books/*"], item: true },
    "add-to-basket": {
      kind: "form",
      event: "add_to_basket",
      routes: ["/basket"],
      fields: { item: "book", quantity: "quantity" },
      value: "quantity",
    },
    order: { kind: "form", event: "order", routes: ["/order"] },
    search: { kind: "search", event: "search", routes: ["/search"], parameter: "q" },
    total: {
      kind: "json",
      event: "priced",
      routes: [{ path: "/api/basket", surface: "json" }],
      pointer: "/sums/total",
    },
  },
  routes: { checkout: { path: "/order", surface: "pass" } },
  experiences: {
    reminder: {
      kind: "personalization",
      routes: ["/"],
      audience: { "event.add_to_basket.count": { $gte: 1 }, "event.order.count": 0 },
      variants: { on: { operations: [{ selector: "h1", action: "setText", value: "Your basket waits" }] } },
    },
  },
};

const post = (path: string, body: string, cookie = "", headers: Record<string, string> = {}) =>
  new Request(`https://shop.example${path}`, {
    method: "POST",
    body,
    headers: { cookie, "content-type": "application/x-www-form-urlencoded", ...headers },
    redirect: "manual",
  });

const accepted = () => new Response(null, { status: 303, headers: { location: "/basket" } });
const eventsOf = (sent: readonly Envelope[]) => sent.flatMap(({ events }) => events);

async function ask(edge: Edge, request: Request) {
  const response = await handle(request, edge);
  return { response, text: await response.text(), cookie: cookieAfter(response) };
}

describe("what was done in one request", () => {
  it("changes the very next page, without a script and before anything is stored", async ({ expect }) => {
    const { edge } = edgeWith({ file: reminder, answer: accepted });
    const { edge: pages } = edgeWith({ file: reminder });
    const added = await ask(edge, post("/basket", "book=moth-light&quantity=2"));
    expect(added.response.status).toBe(303);
    expect(added.response.headers.get("location")).toBe("/basket");
    const home = await ask(pages, pageRequest("/", { cookie: added.cookie }));
    expect(home.text).toContain("Your basket waits");

    const ordered = await ask(edge, post("/order", "name=Ann", added.cookie));
    const after = await ask(pages, pageRequest("/", { cookie: ordered.cookie }));
    expect(after.text).toBe(originHtml);
  });

  it("is counted once when the profile knows it too, whichever way it came first", async ({ expect }) => {
    const file = {
      ...reminder,
      experiences: {
        twice: { ...reminder.experiences.reminder, audience: { "event.add_to_basket.count": 2 } },
      },
    };
    const { edge, seen } = edgeWith({ file, answer: accepted });
    const first = await ask(edge, post("/basket", "book=a"));
    const second = await ask(edge, post("/basket", "book=b", first.cookie));
    await seen.settled();
    const events = eventsOf(seen.sent);
    expect(events).toHaveLength(2);
    const stored = (known: readonly VisitorEvent[]): Profile => fold(emptyProfile, { events: known, exposures: [] });
    for (const known of [[], events.slice(0, 1), events.slice(1), events]) {
      const { edge: pages } = edgeWith({ file, profiles: { readCopy: async () => stored(known) } });
      expect((await ask(pages, pageRequest("/", { cookie: second.cookie }))).text).toContain("Your basket waits");
    }
  });

  it("is forgotten by the cookie with its session, and the cookie stays small however much happens", async ({
    expect,
  }) => {
    const { edge } = edgeWith({ file: reminder, answer: accepted });
    let cookie = "";
    for (let round = 0; round < 60; round += 1) {
      const { response, cookie: next } = await ask(edge, post("/basket", "book=a", cookie));
      expect(response.headers.getSetCookie().join().length).toBeLessThan(1_600);
      cookie = next;
    }
    const value = (await signer.open(cookie.replace(/^[^=]+=/, ""))) ?? "";
    expect(decodeVisit(value, "shop" as SiteKey)?.happened).toHaveLength(20);
    const later = edgeWith({ file: reminder, now: () => edge.now() + 31 * 60_000 });
    expect((await ask(later.edge, pageRequest("/", { cookie }))).text).toBe(originHtml);
  });
});

describe("a rule", () => {
  const observe = async (request: Request, answer: () => Response) => {
    const { edge, seen } = edgeWith({ file: reminder, answer });
    const asked = await ask(edge, request);
    await seen.settled();
    return { ...asked, events: eventsOf(seen.sent), failures: seen.failures };
  };

  it("keeps the listed fields of a form, and none that look like a card or an address", async ({ expect }) => {
    const body = "book=4111+1111+1111+1111&quantity=3&name=Ann&email=ann%40example.org";
    const { events } = await observe(post("/basket", body), accepted);
    expect(events).toMatchObject([{ name: "add_to_basket", value: 3, props: { quantity: "3" }, source: "edge" }]);
    expect(events[0]?.props).toEqual({ quantity: "3" });
  });

  it("does not read a form of which nothing is listed, nor one larger than 16 KB", async ({ expect }) => {
    const ordered = await observe(post("/order", "card=4111111111111111"), accepted);
    expect(ordered.events).toMatchObject([{ name: "order", props: {} }]);
    const large = await observe(post("/basket", `quantity=1&book=${"a".repeat(20_000)}`), accepted);
    expect(large.events).toMatchObject([{ name: "add_to_basket", props: {} }]);
  });

  it("makes nothing of a form that was refused, and sets no cookie for it", async ({ expect }) => {
    const refused = await observe(post("/order", ""), () => htmlAnswer("What is missing?", {}));
    expect(refused.events).toHaveLength(1);
    for (const status of [400, 422, 500]) {
      const { events, response } = await observe(post("/order", ""), () => new Response("no", { status }));
      expect([events, response.headers.getSetCookie(), response.status]).toEqual([[], [], status]);
    }
  });

  it("hands the origin the whole body of the form that it looks into", async ({ expect }) => {
    let body = "";
    const send: Edge["origin"]["send"] = async (request) => {
      body = await new Request(request.url, request).text();
      return accepted();
    };
    const { edge, seen } = edgeWith({ file: reminder, origin: { send, pass: async () => accepted() } });
    await ask(edge, post("/basket", "book=moth-light&quantity=2"));
    await seen.settled();
    expect(body).toBe("book=moth-light&quantity=2");
    expect(eventsOf(seen.sent)[0]?.props).toEqual({ item: "moth-light", quantity: "2" });
  });

  it("reads the item of a page from JSON-LD and OpenGraph, and leaves the page as it was", async ({ expect }) => {
    const page = `<!doctype html><head><meta property="og:type" content="book"><meta property="book:tag" content="Sea &amp; salt">
      <script type="application/ld+json">{"@graph":[{"@type":["Product","Book"],"sku":"moth-light","name":"Moth Light",
      "author":{"name":"I. Vale"},"category":"Art","offers":{"price":"12.50","priceCurrency":"GBP"}}]}</script></head>
      ${"<p>words</p>".repeat(30_000)}`;
    const { events, text, response } = await observe(pageRequest("/books/moth-light"), () => htmlAnswer(page));
    expect(text).toBe(page);
    expect(response.headers.get("etag")).toBeNull();
    expect(events).toMatchObject([{ name: "view_book" }]);
    expect(events[0]?.props).toEqual({
      item: "moth-light",
      name: "Moth Light",
      author: "I. Vale",
      category: "Art",
      tags: ["Sea & salt"],
      price: "12.50",
      currency: "GBP",
    });
  });

  it.for(["<select><style>", "<script type='application/ld+json'>{nonsense", "", "<meta property=og:type content=>"])(
    "takes any page, such as %j",
    async (page, { expect }) => {
      const { events, text, failures } = await observe(pageRequest("/books/x"), () => htmlAnswer(page));
      expect([text, failures]).toEqual([page, []]);
      expect(events).toMatchObject([{ name: "view_book", props: {} }]);
    },
  );

  it("records a search query, but not an empty one", async ({ expect }) => {
    const { events } = await observe(pageRequest("/search?q=+sea+stories+&page=2"), () => htmlAnswer());
    expect(events).toMatchObject([{ name: "search", props: { query: "sea stories" } }]);
    expect((await observe(pageRequest("/search?q=+"), () => htmlAnswer())).events).toEqual([]);
    expect((await observe(pageRequest("/search?q=ann%40example.org"), () => htmlAnswer())).events).toEqual([]);
  });

  it("finds a field of a JSON answer, whose bytes stay", async ({ expect }) => {
    const json = (body: unknown) => () => Response.json(body);
    const { events, text } = await observe(pageRequest("/api/basket"), json({ sums: { total: 12.5 } }));
    expect(text).toBe('{"sums":{"total":12.5}}');
    expect(events).toMatchObject([{ name: "priced", value: 12.5, props: {} }]);
    for (const body of [{ sums: {} }, { sums: { total: null } }, { sums: { total: false } }, null, "text"]) {
      expect((await observe(pageRequest("/api/basket"), json(body))).events).toEqual([]);
    }
    expect((await observe(pageRequest("/api/basket"), () => new Response("{", { status: 200 }))).events).toEqual([]);
  });

  it.for([
    ["somebody with Sec-GPC", { "sec-gpc": "1" }],
    ["a crawler", { "user-agent": "Googlebot/2.1 (+http://www.google.com/bot.html)" }],
    ["a prefetch", { "sec-purpose": "prefetch" }],
  ] as const)("records nothing of %s, and sets no cookie", async ([, headers], { expect }) => {
    const seen = await observe(post("/basket", "book=a", "", headers), accepted);
    expect([seen.events, seen.response.headers.getSetCookie()]).toEqual([[], []]);
    const page = await observe(pageRequest("/books/x", headers), () => htmlAnswer());
    expect([page.events, page.response.headers.getSetCookie(), page.response.headers.get("etag")]).toEqual([
      [],
      [],
      '"1"',
    ]);
  });

  it("makes an event once per request, with an id of its own", async ({ expect }) => {
    const { edge, seen } = edgeWith({ file: reminder, answer: accepted });
    const first = await ask(edge, post("/basket", "book=a"));
    await ask(edge, post("/basket", "book=a", first.cookie));
    await seen.settled();
    expect(new Set(eventsOf(seen.sent).map(({ id }) => id)).size).toBe(2);
    expect(seen.sent[0]?.visitor).toBe(seen.sent[1]?.visitor);
  });

  it("is sent once more when the queue stumbles", async ({ expect }) => {
    const sent: Envelope[] = [];
    let tries = 0;
    const send = async (envelopes: readonly Envelope[]) => {
      tries += 1;
      if (tries === 1) throw new Error("the queue stumbles");
      sent.push(...envelopes);
    };
    const { edge, seen } = edgeWith({ file: reminder, answer: accepted, events: { send } });
    await ask(edge, post("/basket", "book=a"));
    await seen.settled();
    expect(eventsOf(sent)).toHaveLength(1);
  });
});

describe("where nothing is watched", () => {
  it("the origin's very response goes out", async ({ expect }) => {
    const answer = htmlAnswer();
    const { edge, seen } = edgeWith({ file: reminder, answer: () => answer });
    expect(await handle(pageRequest("/elsewhere"), edge)).toBe(answer);
    expect(seen.sent).toEqual([]);
  });

  it("a known visitor's page view that no condition reads sends no cookie again", async ({ expect }) => {
    const { edge } = edgeWith({ file: reminder });
    const first = await ask(edge, pageRequest("/books/a"));
    expect(first.cookie).not.toBe("");
    const second = await handle(pageRequest("/books/b", { cookie: first.cookie }), edge);
    expect(second.headers.getSetCookie()).toEqual([]);
    expect(second.headers.get("etag")).toBe('"1"');
  });
});
