import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { consume } from "../../src/collect/consume.ts";
import type { Envelope } from "../../src/core/event.ts";
import { canonicalJson } from "../../src/core/json.ts";
import { decodeVisit } from "../../src/core/visit.ts";
import { createIdentityStore } from "../../src/store/identities.ts";
import { createMergeStore } from "../../src/store/merging.ts";
import { createVisitorStore } from "../../src/store/visitors.ts";
import { crashAfter, crashingDb } from "../store/crashing.ts";
import { migrate } from "../store/migrated.ts";
import { delivery, envelope, event, exposure } from "./deliveries.ts";
import {
  consumerStores,
  cookieOf,
  cookiesAfter,
  doorOf,
  everything,
  nowMs,
  pageRequest,
  profiles,
  signers,
  siteKeys,
  visitOf,
  visitorId,
} from "./visitors-door.ts";

beforeAll(migrate);

async function hmacOf(site: string, text: string): Promise<string> {
  const key = await crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode(await siteKeys.keyOf(site)),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const bytes = new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text)));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

type Door = ReturnType<typeof doorOf>;

async function logIn(door: Door, site: string, user: string, cookie: string) {
  const answer = await door.ask(pageRequest("identify", "POST", { user, hmac: await hmacOf(site, user) }, { cookie }));
  return { answer, cookie: cookiesAfter(answer, cookie) };
}

async function visitIn(site: string, cookie: string) {
  const value = /(?:^|; )caramel=([^;]+)/.exec(cookie)?.[1] ?? "";
  return decodeVisit((await signers.visit.open(value)) ?? "", site as never);
}

const own = (site: string, changes: Partial<Envelope>) => ({ site: site as never, ...changes });

/** What a phone and a desktop did before somebody logged in on both; one event was sent by both. */
const story = (site: string): Envelope[] => [
  envelope(visitorId("phone"), own(site, { events: [event("p1"), event("shared"), event("p2", { name: "buy" })] })),
  envelope(
    visitorId("phone"),
    own(site, { exposures: [exposure("hero", { variant: "warm", atMs: 20, sticky: true })] }),
  ),
  envelope(visitorId("desk"), own(site, { events: [event("d1"), event("shared")] })),
  envelope(
    visitorId("desk"),
    own(site, { exposures: [exposure("hero", { variant: "control", atMs: 10, sticky: true })] }),
  ),
  envelope(visitorId("desk"), own(site, { exposures: [exposure("only", { variant: "b" })] })),
];

async function bindBoth(site: string) {
  const identities = createIdentityStore(env.VISITORS);
  for (const name of ["phone", "desk"]) {
    const binding = { visitor: visitorId(name), site: site as never, user: "ann" as never, fresh: visitorId("fresh") };
    await identities.bind(binding, 1);
  }
}
const wake = (site: string) => envelope(visitorId("desk"), own(site, { refresh: true }));

async function heldOf(site: string): Promise<unknown> {
  const { events = [], exposures = [], profiles: rows = [] } = await everything(site);
  const plain = (list: unknown[]) =>
    (list as Record<string, unknown>[]).map(
      ({ stored_at_ms: _, updated_at_ms: __, created_at_ms: ___, version, ...row }) => ({
        ...row,
        ...("experience" in row ? { version } : {}),
      }),
    );
  return JSON.parse(
    JSON.stringify([events, exposures, rows].map((list) => plain(list).map(texted).sort())).replaceAll(site, "SITE"),
  );
}

const texted = (row: unknown): string => JSON.stringify(row);

const takeIn = (messages: readonly Envelope[], stores = consumerStores) =>
  consume(
    messages.map((one) => delivery(structuredClone(one))),
    stores,
    nowMs,
  );

describe("identifying", () => {
  it("needs the site's signature of the user", async ({ expect }) => {
    const door = doorOf("signed");
    const cookie = await cookieOf(visitOf("signed", "v"));
    const right = await hmacOf("signed", "ann");
    const wrong = [
      "",
      "0".repeat(64),
      right.slice(1),
      await hmacOf("signed", "bob"),
      await hmacOf("other", "ann"),
      7,
      undefined,
    ];
    for (const hmac of wrong) {
      const answer = await door.ask(pageRequest("identify", "POST", { user: "ann", hmac }, { cookie }));
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []]);
    }
    expect((await everything("signed")).identities).toEqual([]);
    const answer = await door.ask(pageRequest("identify", "POST", { user: "ann", hmac: right }, { cookie }));
    expect(await answer.json()).toEqual({ identified: true });
    expect(await visitIn("signed", cookiesAfter(answer, cookie))).toMatchObject({
      user: "ann",
      visitor: visitorId("v"),
    });
  });

  it("takes traits only when they are signed with the user", async ({ expect }) => {
    const door = doorOf("traits");
    const cookie = await cookieOf(visitOf("traits", "v"));
    const traits = { tier: "gold", age: 40 };
    const ask = async (hmac: string) =>
      (await door.ask(pageRequest("identify", "POST", { user: "ann", hmac, traits }, { cookie }))).status;
    expect(await ask(await hmacOf("traits", "ann"))).toBe(403);
    expect(await ask(await hmacOf("traits", `ann\n${canonicalJson(traits)}`))).toBe(200);
    expect((await profiles.read(visitorId("v"), "traits" as never))?.traits).toEqual(traits);
  });

  it("refuses e-mail addresses as ids, and visitors who deny personalization", async ({ expect }) => {
    const door = doorOf("refusals", { consent: "required" });
    const cookie = await cookieOf(visitOf("refusals", "v"));
    const mail = await door.ask(pageRequest("identify", "POST", { user: "ann@shop.example", hmac: "" }, { cookie }));
    expect(mail.status).toBe(400);
    expect((await logIn(door, "refusals", "ann", cookie)).answer.status).toBe(403);
    expect((await everything("refusals")).identities).toEqual([]);
  });

  it("gives a second device the merged profile, and tells nothing of it in the answer", async ({ expect }) => {
    const site = "devices";
    const door = doorOf(site);
    await takeIn(story(site));
    const phone = await logIn(door, site, "ann", await cookieOf(visitOf(site, "phone")));
    const desk = await logIn(door, site, "ann", await cookieOf(visitOf(site, "desk")));
    expect(await desk.answer.json()).toEqual({ identified: true });
    await door.deliver();
    expect(await visitIn(site, desk.cookie)).toMatchObject({ visitor: visitorId("phone"), user: "ann" });
    expect(await visitIn(site, phone.cookie)).toMatchObject({ visitor: visitorId("phone"), user: "ann" });
    const copy = await profiles.readCopy(visitorId("phone"), site as never);
    expect(copy).toMatchObject({
      events: { view: { count: 3 }, buy: { count: 1 } }, // p1, shared, d1
      sticky: { hero: { variant: "control" } },
      exposed: ["hero@1", "only@1"],
    });
    const { users, exposures, events } = await everything(site);
    expect(users).toMatchObject([{ visitor: visitorId("phone"), conflicts: 1 }]);
    expect(exposures).toMatchObject([{ experience: "hero", variant: "control", at_ms: 10 }, { experience: "only" }]);
    expect(new Set((events as { visitor: string }[]).map(({ visitor }) => visitor))).toEqual(
      new Set([visitorId("phone")]),
    );
    expect(await profiles.readCopy(visitorId("desk"), site as never)).toBeNull();
  });

  it("survives logout, and a shared computer can start anew", async ({ expect }) => {
    const door = doorOf("logout");
    const { cookie } = await logIn(door, "logout", "ann", await cookieOf(visitOf("logout", "v")));
    const out = cookiesAfter(await door.ask(pageRequest("identify", "DELETE", undefined, { cookie })), cookie);
    expect(await visitIn("logout", out)).toMatchObject({ visitor: visitorId("v"), user: null });
    expect((await everything("logout")).identities).toHaveLength(1);
    const forgotten = await door.ask(pageRequest("identify?forget", "DELETE", undefined, { cookie }));
    expect(cookiesAfter(forgotten, cookie)).toBe("");
  });

  it("as another user on the same browser mixes nobody's data", async ({ expect }) => {
    const site = "shared-browser";
    const door = doorOf(site);
    await takeIn([envelope(visitorId("v"), own(site, { events: [event("of-ann")] }))]);
    const ann = await logIn(door, site, "ann", await cookieOf(visitOf(site, "v")));
    const bob = await logIn(door, site, "bob", ann.cookie);
    await door.deliver();
    const visit = await visitIn(site, bob.cookie);
    expect(visit?.visitor).not.toBe(visitorId("v"));
    expect(visit?.user).toBe("bob");
    expect((await profiles.read(visit?.visitor ?? visitorId("none"), site as never))?.events ?? {}).toEqual({});
    expect((await profiles.read(visitorId("v"), site as never))?.events.view?.count).toBe(1);
    expect((await visitIn(site, (await logIn(door, site, "ann", bob.cookie)).cookie))?.visitor).toBe(visitorId("v"));
  });

  it("of somebody who was erased begins anew", async ({ expect }) => {
    const site = "after-erasure";
    const door = doorOf(site);
    const { cookie } = await logIn(door, site, "ann", await cookieOf(visitOf(site, "v")));
    await door.ask(pageRequest("me", "DELETE", undefined, { cookie }));
    const again = await logIn(door, site, "ann", cookie); // another device still has the cookie
    const visit = await visitIn(site, again.cookie);
    expect(visit?.visitor).not.toBe(visitorId("v"));
    await door.ask(
      pageRequest("events", "POST", { events: [{ id: "n", name: "view", time: nowMs }] }, { cookie: again.cookie }),
    );
    await door.deliver();
    expect((await everything(site)).events).toMatchObject([{ visitor: visit?.visitor }]);
  });

  it("cookies are shared by subdomains when the site says so", async ({ expect }) => {
    const door = doorOf("subdomains", { cookie: { domain: "shop.example" } });
    const headers = {
      cookie: await cookieOf(visitOf("subdomains", "v")),
      origin: "https://www.shop.example",
      "sec-fetch-site": "same-site",
    };
    const body = { user: "ann", hmac: await hmacOf("subdomains", "ann") };
    const answer = await door.ask(pageRequest("identify", "POST", body, headers));
    expect(answer.headers.getSetCookie()).toEqual([expect.stringContaining("Domain=shop.example")]);
  });
});

describe("merging has the effect of once", () => {
  const calm = async (site: string) => {
    await bindBoth(site);
    await takeIn([...story(site), wake(site)]);
    return heldOf(site);
  };

  it("in any order of messages and of the login among them", async ({ expect }) => {
    const once = await calm("merge-calm");
    for (let turn = 0; turn <= 5; turn++) {
      const site = `merge-turn-${turn}`;
      const all = story(site).toReversed();
      const turned = [...all.slice(turn), ...all.slice(0, turn)];
      await takeIn(turned.slice(0, turn));
      await bindBoth(site);
      await takeIn([...turned, wake(site)]);
      await takeIn(turned.slice(turn));
      expect(await heldOf(site)).toEqual(once);
    }
  });

  it("when it dies at any step and comes again", async ({ expect }) => {
    const once = await calm("merge-undisturbed");
    let crashes = 0;
    for (let steps = 0, crashed = true; crashed; steps++) {
      const site = `merge-crash-${steps}`;
      await takeIn(story(site));
      await bindBoth(site);
      const crash = crashAfter(steps, steps % 2 === 1);
      const db = crashingDb(env.VISITORS, crash);
      await takeIn([wake(site)], {
        ...consumerStores,
        visitors: createVisitorStore(db),
        identities: createIdentityStore(db),
        merging: createMergeStore(db),
      });
      crashed = crash.left < 0;
      crashes += crashed ? 1 : 0;
      await takeIn([wake(site), ...story(site)]);
      expect(await heldOf(site)).toEqual(once);
    }
    expect(crashes).toBeGreaterThan(3);
  });

  it("of histories longer than a step, with facts that no ledger holds any more", async ({ expect }) => {
    const site = "merge-long";
    const long = Array.from({ length: 2300 }, (_, at) => event(`e${at}`));
    for (let from = 0; from < long.length; from += 500) {
      await takeIn([envelope(visitorId("desk"), own(site, { events: long.slice(from, from + 500) }))]);
    }
    await env.VISITORS.prepare("DELETE FROM events WHERE site = ? AND id < 'e2'").bind(site).run(); // as retention would
    await profiles.setTraits(visitorId("desk"), site as never, { tier: "gold" }, nowMs);
    await bindBoth(site);
    await takeIn([wake(site)]);
    const profile = await profiles.read(visitorId("phone"), site as never);
    expect(profile).toMatchObject({ traits: { tier: "gold" }, events: { view: { count: 2300 } } });
    await takeIn([wake(site)]);
    expect((await profiles.read(visitorId("phone"), site as never))?.events.view?.count).toBe(2300);
  });
});
