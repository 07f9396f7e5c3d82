import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { consume } from "../../../src/collect/consume.ts";
import type { Envelope } from "../../../src/core/event.ts";
import type { SiteKey, UserId, VisitorId } from "../../../src/core/ids.ts";
import { delivery, envelope, event, exposure } from "../../collect/deliveries.ts";
import { consumerStores, visitorId } from "../../collect/visitors-door.ts";
import { crashAfter, crashingDb } from "../crashing.ts";
import { isolate, migrateAll, movesOver, place, rowsIn, storesOver } from "./databases.ts";

// "desk" is in VISITORS, "home" in VISITORS_1, "phone" in VISITORS_2; users are in VISITORS.
beforeAll(async () => {
  await migrateAll();
  await place(["", "VISITORS"], ["e", "VISITORS_1"], ["m", "VISITORS_2"]);
});

const nowMs = 1_700_000_100_000;
const [desk, home, phone] = ["desk", "home", "phone"].map(visitorId) as [VisitorId, VisitorId, VisitorId];
const own = (site: string, changes: Partial<Envelope>) => ({ site: site as SiteKey, ...changes });
const stores = () => storesOver(isolate());

/** What a phone and a desktop did before somebody logged in on both; one event was sent by both. */
const story = (site: string): Envelope[] => [
  envelope(
    phone,
    own(site, { events: [event("p1", { hourOfWeek: 9 }), event("shared"), event("p2", { name: "buy" })] }),
  ),
  envelope(phone, own(site, { exposures: [exposure("hero", { variant: "warm", atMs: 20, sticky: true })] })),
  envelope(desk, own(site, { events: [event("d1", { hourOfWeek: 9 }), event("shared", { hourOfWeek: 8 })] })),
  envelope(desk, own(site, { exposures: [exposure("hero", { variant: "control", atMs: 10, sticky: true })] })),
  envelope(desk, own(site, { exposures: [exposure("only", { variant: "b" })] })),
];

type Stores = Pick<ReturnType<typeof stores>, "identities" | "privacy" | "profiles"> & typeof consumerStores;

const takeIn = async (messages: readonly Envelope[], over: typeof consumerStores) => {
  const deliveries = messages.map((one) => delivery(structuredClone(one)));
  await consume(deliveries, over, nowMs);
  return deliveries.filter(({ fate }) => fate !== "ack").length;
};

async function before(site: string, { identities, profiles, ...over }: Omit<Stores, "privacy">) {
  await takeIn(story(site), { identities, profiles, ...over });
  // Known beyond the ledger: facts that were set, and counts that are older than what is kept.
  await profiles.setTraits(desk, site as SiteKey, { colour: "red", size: 7 }, 1);
  await profiles.setTraits(phone, site as SiteKey, { colour: "blue" }, 1);
  for (const [visitor, id] of [
    [desk, "d1"],
    [phone, "p1"],
  ] as const) {
    for (const db of [env.VISITORS, env.SPREAD_2]) {
      await db.prepare("DELETE FROM events WHERE site = ? AND visitor = ? AND id = ?").bind(site, visitor, id).run();
    }
  }
  for (const visitor of [phone, desk]) {
    await identities.bind({ visitor, site: site as SiteKey, user: "ann" as UserId, fresh: visitorId("fresh") }, 1);
  }
}

/** What is held of a site's visitors, without what tells one run, or one database, from another. */
async function held(site: string, withConflicts = true): Promise<unknown> {
  const plain = async (table: string) =>
    (await rowsIn(table, site))
      .map(
        ({
          stored_at_ms: _,
          updated_at_ms: __,
          created_at_ms: ___,
          at_ms: ____,
          version: _____,
          database: ______,
          ...row
        }) =>
          JSON.stringify("conflicts" in row && !withConflicts ? { ...row, conflicts: 0 } : row).replaceAll(
            site,
            "SITE",
          ),
      )
      .sort();
  const names = ["events", "exposures", "profiles", "identities", "users", "consents", "handovers"];
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await plain(name)] as const)));
}

const wake = (site: string) => [envelope(desk, own(site, { refresh: true, events: [event("late")] }))];

describe("a person whose visitors are in different databases", () => {
  it("is one afterwards, the same as within one database", async ({ expect }) => {
    const three = stores();
    await before("in-three", three);
    expect(await takeIn(wake("in-three"), three)).toBe(0);
    await place(["", "VISITORS"]);
    const one = stores();
    await before("in-one", { ...consumerStores, identities: one.identities });
    expect(await takeIn(wake("in-one"), consumerStores)).toBe(0);
    await place(["", "VISITORS"], ["e", "VISITORS_1"], ["m", "VISITORS_2"]);
    expect(await held("in-three")).toEqual(await held("in-one"));
    const profile = await three.profiles.read(phone, "in-three" as SiteKey);
    expect(profile).toMatchObject({
      traits: { colour: "blue", size: 7 },
      events: { view: { count: 4 }, buy: { count: 1 } },
      sticky: { hero: { variant: "control" } },
    });
  });

  it("is the same when whoever merges dies at any step, its answer lost or not", { timeout: 60_000 }, async ({
    expect,
  }) => {
    const reference = stores();
    await before("died-not", reference);
    await takeIn(wake("died-not"), reference);
    // Conflicts are a number for people: a death may leave some uncounted.
    const expected = await held("died-not", false);
    let deaths = 0;
    for (let step = 0; step < 24; step += 1) {
      const site = `died-${step}`;
      await before(site, stores());
      for (const lostAnswer of [true, false]) {
        const crash = crashAfter(step, lostAnswer);
        await takeIn(wake(site), storesOver(isolate((db) => crashingDb(db, crash))));
        deaths += crash.left < 0 ? 1 : 0;
      }
      expect(await takeIn(wake(site), stores()), site).toBe(0);
      expect(await held(site, false), site).toEqual(expected);
      const [user] = await rowsIn("users", site);
      expect(user?.conflicts).toBeLessThanOrEqual(2);
    }
    expect(deaths).toBeGreaterThan(20);
  });

  it("that is merged by two consumers at once is merged once", async ({ expect }) => {
    await before("at-once", stores());
    await Promise.all([stores(), stores(), stores()].map((each) => takeIn(wake("at-once"), each)));
    expect(await takeIn(wake("at-once"), stores())).toBe(0);
    expect(await held("at-once")).toEqual(await held("died-not"));
  });
});

describe("identifying over several databases", () => {
  const bindingOf = (site: string, visitor: VisitorId, user: string) => ({
    visitor,
    site: site as SiteKey,
    user: user as UserId,
    fresh: visitorId(`fresh-${user}-${visitor.slice(0, 4)}`),
  });

  it("gives a visitor to one user only, whoever asks at the same time", async ({ expect }) => {
    const users = ["ann", "bob", "cat", "dan"];
    const found = await Promise.all(users.map((user) => stores().identities.bind(bindingOf("rush", home, user), 1)));
    expect(new Set(found).size).toBe(4);
    expect(found.filter((canonical) => canonical === home)).toHaveLength(1);
  });

  it("gives a user one canonical visitor, wherever their devices are and however binding died", async ({ expect }) => {
    for (let step = 0; step < 8; step += 1) {
      const site = `bind-${step}`;
      const crash = crashAfter(step, step % 2 === 0);
      const dying = storesOver(isolate((db) => crashingDb(db, crash)));
      await dying.identities.bind(bindingOf(site, phone, "ann"), 1).catch(() => null);
      const canonical = await stores().identities.bind(bindingOf(site, desk, "ann"), 2);
      expect(await stores().identities.bind(bindingOf(site, phone, "ann"), 3)).toBe(canonical);
      expect(await stores().identities.canonicalOf("ann" as UserId, site as SiteKey, visitorId("x"), 4)).toBe(
        canonical,
      );
      const other = canonical === desk ? phone : desk;
      const { canonical: fates } = await stores().identities.fates([{ visitor: other, site: site as SiteKey }]);
      expect([...fates.values()]).toEqual([canonical]);
    }
  });
});

describe("being forgotten over several databases", () => {
  const tables = ["users", "identities", "consents", "profiles", "exposures", "events", "handovers", "receipts"];
  const leftOf = async (site: string) => (await Promise.all(tables.map((table) => rowsIn(table, site)))).flat();

  it("shows and erases the whole person, whichever of their visitors asks", async ({ expect }) => {
    for (const visitor of [desk, phone]) {
      const site = `forget-${visitor.slice(0, 4)}`;
      const { privacy, ...three } = stores();
      await before(site, three);
      await privacy.setConsent({ visitor: desk, site: site as SiteKey }, { analytics: true, personalization: true }, 5);
      const shown = await privacy.holdings({ visitor, site: site as SiteKey });
      expect([...shown.visitors].sort()).toEqual([desk, phone]);
      expect([shown.profiles.length, shown.users.length, shown.consents.length, shown.identities.length]).toEqual([
        2, 1, 1, 2,
      ]);
      await privacy.erase({ visitor, site: site as SiteKey }, nowMs);
      expect(await leftOf(site)).toEqual([]);
      await takeIn(wake(site), three);
      await takeIn(story(site), three);
      expect(await leftOf(site)).toEqual([]);
    }
  });

  it("that dies at any step is finished by asking again", { timeout: 60_000 }, async ({ expect }) => {
    for (let step = 1; step < 9; step += 1) {
      const site = `forget-dying-${step}`;
      await before(site, stores());
      const crash = crashAfter(step, step % 2 === 0);
      const dying = storesOver(isolate((db) => crashingDb(db, crash)));
      await dying.privacy.erase({ visitor: desk, site: site as SiteKey }, nowMs).catch(() => null);
      expect(crash.left).toBeLessThan(0);
      await stores().privacy.erase({ visitor: desk, site: site as SiteKey }, nowMs);
      expect(await leftOf(site), site).toEqual([]);
    }
  });

  it("while they are being moved, does not let them come back", async ({ expect }) => {
    const site = "forget-moving" as SiteKey;
    await takeIn([envelope(home, own(site, { events: [event("h1")] }))], stores());
    const clock = { nowMs: 1_000_000 };
    const moves = movesOver(isolate(undefined, clock), clock);
    await moves.begin({ source: "VISITORS_1", target: "VISITORS", shareBps: 10_000 });
    for (let at = 0; at < 30 && (await moves.current()) !== null; at += 1) {
      const crash = crashAfter(at * 2);
      await movesOver(
        isolate((db) => crashingDb(db, crash), clock),
        clock,
      )
        .advance()
        .catch(() => null);
      if (at === 8) await stores().privacy.erase({ visitor: home, site }, nowMs);
      clock.nowMs += 200_000;
    }
    expect(await moves.current()).toBeNull();
    while ((await moves.clean()) > 0);
    expect(await leftOf(site)).toEqual([]);
    await place(["", "VISITORS"], ["e", "VISITORS_1"], ["m", "VISITORS_2"]);
    for (const db of [env.VISITORS, env.SPREAD_1]) await db.prepare("DELETE FROM departed").run();
  });
});

describe("what the clock does over several databases", () => {
  it("knows that somebody came, though it was as another visitor elsewhere", async ({ expect }) => {
    const site = "waited" as SiteKey;
    await before(site, stores());
    const asked = [
      { visitor: desk, site, rule: "left", sinceMs: 0, dueAtMs: 5, without: "buy" },
      { visitor: desk, site, rule: "left", sinceMs: 0, dueAtMs: 5, without: "pay" },
      { visitor: home, site, rule: "left", sinceMs: 0, dueAtMs: 5, without: "buy" },
    ];
    expect([...(await stores().awaited.came(asked))]).toEqual([asked[0]]);
  });

  it("finds who is due in every database, longest due first, and ends the waiting there", async ({ expect }) => {
    const insert =
      "INSERT INTO awaited (visitor, site, rule, since_ms, due_at_ms, stored_at_ms) VALUES (?, 'due', 'r', 0, ?, 0)";
    await env.VISITORS.prepare(insert).bind(desk, 30).run();
    await env.SPREAD_2.prepare(insert).bind(phone, 10).run();
    const due = await stores().awaited.due(100, 10);
    expect(due.map(({ visitor }) => visitor)).toEqual([phone, desk]);
    expect(await stores().awaited.due(100, 1)).toHaveLength(1);
    await stores().awaited.done(due);
    expect(await stores().awaited.due(100, 10)).toEqual([]);
  });

  it("deletes what is old, and users only when none of their visitors is left anywhere", async ({ expect }) => {
    const site = "old" as SiteKey;
    await before(site, stores());
    await takeIn(wake(site), stores());
    const { rows } = await stores().retention.expire(site, 1_700_000_050_000);
    expect(rows).toBeGreaterThan(0);
    expect([(await rowsIn("events", site)).length, (await rowsIn("users", site)).length]).toEqual([0, 1]);
    await stores().retention.expire(site, nowMs + 1);
    for (const table of tables) expect(await rowsIn(table, site), table).toEqual([]);
  });
  const tables = ["events", "exposures", "profiles", "identities", "users"];
});
