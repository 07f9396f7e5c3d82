import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { createPrivacyStore } from "../../src/store/privacy.ts";
import { tombstoneOf } from "../../src/store/tombstone.ts";
import { migrate } from "../store/migrated.ts";
import { exposure } from "./deliveries.ts";
import {
  cookieOf,
  cookiesAfter,
  doorOf,
  everything,
  nothing,
  nowMs,
  pageRequest,
  profiles,
  visitOf,
  visitorId,
} from "./visitors-door.ts";

beforeAll(migrate);

const view = { events: [{ id: "e1", name: "view", time: nowMs }] };
const said = async (response: Response) => (await response.json()) as Record<string, unknown>;

describe("consent", () => {
  it("that is required and missing: events are rejected and nothing is set or stored", async ({ expect }) => {
    const door = doorOf("required", { consent: "required" });
    const cookie = await cookieOf(visitOf("required", "somebody"));
    const answer = await door.ask(pageRequest("events", "POST", view, { cookie }));
    expect(await answer.clone().json()).toMatchObject({ accepted: 0, rejected: [{ reason: "no_consent" }] });
    expect(answer.headers.getSetCookie()).toEqual([]);
    await door.deliver();
    expect(await everything("required")).toEqual(nothing);
  });

  it("that is given makes a visitor, whose events are taken", async ({ expect }) => {
    const door = doorOf("granted", { consent: "required" });
    const answer = await door.ask(pageRequest("consent", "POST", { analytics: true, personalization: true }));
    expect(await said(answer)).toEqual({ analytics: true, personalization: true, said: true });
    const cookie = cookiesAfter(answer);
    expect(cookie).toMatch(/caramel_consent=.*caramel=/);
    expect(await said(await door.ask(pageRequest("events", "POST", view, { cookie })))).toMatchObject({ accepted: 1 });
    expect(await said(await door.ask(pageRequest("consent", "GET", undefined, { cookie })))).toMatchObject({
      said: true,
    });
  });

  it("keeps the purposes apart: for each, what is taken and what it may be used for", async ({ expect }) => {
    const events = { look: { purposes: ["personalization"] }, count: { purposes: ["analytics"] } };
    const batch = {
      events: ["view", "look", "count"].map((name) => ({ id: name, name, time: nowMs })),
    };
    const cases = [
      [{ analytics: true, personalization: false }, { view: 1, count: 1 }, []],
      [{ analytics: false, personalization: true }, { look: 2 }, ["look"]],
      [{ analytics: true, personalization: true }, { view: 3, look: 2, count: 1 }, ["look", "view"]],
      [{ analytics: false, personalization: false }, {}, []],
    ] as const;
    for (const [index, [purposes, stored, inProfile]] of cases.entries()) {
      const site = `apart-${index}`;
      const door = doorOf(site, { events });
      const before = await cookieOf(visitOf(site, "v"));
      const cookie = cookiesAfter(await door.ask(pageRequest("consent", "POST", purposes, { cookie: before })), before);
      const visit = cookie.includes("caramel=") ? cookie : `${cookie}; ${before}`; // even with the old cookie
      await door.ask(pageRequest("events", "POST", batch, { cookie: visit }));
      await door.deliver();
      const rows = (await everything(site)).events as { name: string; purposes: number }[];
      expect(Object.fromEntries(rows.map(({ name, purposes: bits }) => [name, bits]))).toEqual(stored);
      const profile = await profiles.read(visitorId("v"), door.sent[0]?.site ?? (site as never));
      expect(Object.keys(profile?.events ?? {}).sort()).toEqual(inProfile);
    }
  });

  it("that is withdrawn takes the visit cookie away", async ({ expect }) => {
    const door = doorOf("withdrawn");
    const before = await cookieOf(visitOf("withdrawn", "v"));
    const answer = await door.ask(pageRequest("consent", "POST", {}, { cookie: before }));
    expect(cookiesAfter(answer, before)).toMatch(/^caramel_consent=/);
    expect(answer.headers.getSetCookie()).toHaveLength(2);
  });

  it("yields to Sec-GPC, unless it was given while the browser sent it", async ({ expect }) => {
    const door = doorOf("gpc");
    const gpc = { "sec-gpc": "1" };
    const visit = await cookieOf(visitOf("gpc", "v"));
    const take = async (headers: Record<string, string>) =>
      (await said(await door.ask(pageRequest("events", "POST", view, headers)))).accepted;
    expect(await take({ cookie: visit, ...gpc })).toBe(0);
    const all = { analytics: true, personalization: true };
    const earlier = cookiesAfter(await door.ask(pageRequest("consent", "POST", all, { cookie: visit })), visit);
    expect([await take({ cookie: earlier }), await take({ cookie: earlier, ...gpc })]).toEqual([1, 0]);
    const later = cookiesAfter(await door.ask(pageRequest("consent", "POST", all, { cookie: visit, ...gpc })), visit);
    expect(await take({ cookie: later, ...gpc })).toBe(1);
  });

  it("is kept for events of servers, the last word whatever the order", async ({ expect }) => {
    const store = createPrivacyStore(env.VISITORS, profiles);
    const who = { visitor: visitorId("said"), site: "words" as never };
    await store.setConsent(who, { analytics: false, personalization: true }, 20);
    await store.setConsent(who, { analytics: true, personalization: true }, 10);
    const door = doorOf("words");
    const body = { ...view, visitor: who.visitor };
    const answer = await door.ask(pageRequest("events", "POST", body, { authorization: "Bearer an-admin-token" }));
    expect(await said(answer)).toMatchObject({ rejected: [{ reason: "no_consent" }] });
  });

  it("can't be given by another site's page", async ({ expect }) => {
    const door = doorOf("foreign");
    for (const [path, method] of [
      ["consent", "POST"],
      ["me", "DELETE"],
      ["me", "GET"],
      ["identify", "DELETE"],
    ] as const) {
      const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
      const answer = await door.ask(pageRequest(path, method, method === "POST" ? {} : undefined, headers));
      expect(answer.status).toBe(403);
    }
  });
});

/** A visitor of whom something is in every store. */
async function somebody(site: string) {
  const door = doorOf(site);
  const cookie = await cookieOf(visitOf(site, "me"));
  const consent = await door.ask(
    pageRequest("consent", "POST", { analytics: true, personalization: true }, { cookie }),
  );
  const jar = cookiesAfter(consent, cookie);
  await door.ask(pageRequest("events", "POST", view, { cookie: jar }));
  await door.ports.send([
    {
      ...view,
      shape: 1,
      site: site as never,
      visitor: visitorId("me"),
      user: null,
      events: [],
      exposures: [exposure("hero", { sticky: true })],
      refresh: false,
    },
  ]);
  await door.ports.identities.bind(
    { visitor: visitorId("me"), site: site as never, user: "ann" as never, fresh: visitorId("x") },
    1,
  );
  await door.deliver();
  return { door, cookie: jar };
}

describe("a visitor's own data", () => {
  it("is given out whole to them, and to nobody else", async ({ expect }) => {
    const { door, cookie } = await somebody("export");
    const answer = await door.ask(pageRequest("me", "GET", undefined, { cookie }));
    expect(answer.headers.get("cache-control")).toContain("no-store");
    expect(await said(answer)).toMatchObject({
      cookies: { visit: { visitor: visitorId("me") }, consent: { analytics: true } },
      held: {
        visitors: [visitorId("me")],
        users: [{ user: "ann" }],
        identities: [{ user: "ann" }],
        consents: [{ analytics: 1 }],
        profiles: [{ profile: { events: { view: { count: 1 } } } }],
        exposures: [{ experience: "hero" }],
        events: [{ name: "view" }],
        copies: [{ profile: { events: { view: { count: 1 } } } }],
      },
    });
    const other = await cookieOf(visitOf("export", "other"));
    const theirs = await said(await door.ask(pageRequest("me", "GET", undefined, { cookie: other })));
    expect(theirs.held).toMatchObject({ visitors: [visitorId("other")], events: [], profiles: [], copies: [] });
    expect(await said(await door.ask(pageRequest("me", "GET", undefined)))).toMatchObject({ held: null });
  });

  it("is erased from every store and the browser, and what is on its way is dropped", async ({ expect }) => {
    const { door, cookie } = await somebody("erase");
    const held = await everything("erase");
    for (const [store, rows] of Object.entries(held)) expect(rows.length, store).toBeGreaterThan(0);
    const late = { events: [{ id: "late", name: "view", time: nowMs }] };
    await door.ask(pageRequest("events", "POST", late, { cookie }));
    const answer = await door.ask(pageRequest("me", "DELETE", undefined, { cookie }));
    expect(await said(answer)).toEqual({ erased: true });
    expect(cookiesAfter(answer, cookie)).toBe("");
    expect(await everything("erase")).toEqual(nothing);
    expect(new Set((await door.deliver()).map(({ fate }) => fate))).toEqual(new Set(["ack"]));
    expect(await everything("erase")).toEqual(nothing);
    const stones = (await env.VISITORS.prepare("SELECT * FROM tombstones").all()).results;
    expect(stones).toEqual([
      { hash: await tombstoneOf({ visitor: visitorId("me"), site: "erase" as never }), erased_at_ms: nowMs },
    ]);
    expect(JSON.stringify(stones)).not.toContain("me0");
  });

  it("is not written again by a consumer that had read it before", async ({ expect }) => {
    for (const known of [true, false]) {
      const site = `erase-race-${known}`;
      const { door, cookie } = known
        ? await somebody(site)
        : { door: doorOf(site), cookie: await cookieOf(visitOf(site, "me")) };
      await door.ask(
        pageRequest("events", "POST", { events: [{ id: "late", name: "view", time: nowMs }] }, { cookie }),
      );
      const [first] = door.sent.splice(0);
      const { consume } = await import("../../src/collect/consume.ts");
      const { consumerStores } = await import("./visitors-door.ts");
      const { delivery } = await import("./deliveries.ts");
      let reads = 0;
      const slow = {
        ...consumerStores,
        visitors: {
          ...consumerStores.visitors,
          read: async (...given: Parameters<typeof consumerStores.visitors.read>) => {
            const states = await consumerStores.visitors.read(...given);
            reads += 1;
            if (reads === 1) await door.ask(pageRequest("me", "DELETE", undefined, { cookie }));
            return states;
          },
        },
      };
      const one = delivery(first);
      await consume([one], slow, nowMs);
      await door.deliver();
      expect(one.fate).toBe("ack");
      expect(await everything(site)).toEqual(nothing);
    }
  });

  it("asked to be forgotten keeps a refusal, which names nobody", async ({ expect }) => {
    const door = doorOf("refused");
    const visit = await cookieOf(visitOf("refused", "me"));
    const refusal = await door.ask(pageRequest("consent", "POST", { analytics: true }, { cookie: visit }));
    const jar = cookiesAfter(refusal, visit);
    const answer = await door.ask(pageRequest("me", "DELETE", undefined, { cookie: jar }));
    expect(cookiesAfter(answer, jar)).toMatch(/^caramel_consent=[^;]*$/);
  });
});
