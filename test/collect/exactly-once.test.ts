import { env } from "cloudflare:workers";
import { beforeAll, it } from "vitest";
import { consume } from "../../src/collect/consume.ts";
import type { Envelope } from "../../src/core/event.ts";
import type { SiteKey } from "../../src/core/ids.ts";
import { createIdentityStore } from "../../src/store/identities.ts";
import { createMergeStore } from "../../src/store/merging.ts";
import { createProfileStore } from "../../src/store/profiles.ts";
import { createVisitorStore } from "../../src/store/visitors.ts";
import { crashAfter, crashingDb, crashingKv } from "../store/crashing.ts";
import { migrate } from "../store/migrated.ts";
import { delivery, envelope, exposure } from "./deliveries.ts";
import { cookieOf, doorOf, nowMs, pageRequest, profiles, visitOf, visitorId } from "./visitors-door.ts";

beforeAll(migrate);

const site = "once";
const events = 5000;
const visitors = 50;
const perBatch = 50;
const shown = ["hero", "offer", "price"];
const armOf = (who: number): string => (who % 2 === 0 ? "control" : "warm");

/** Numbers that look random and are the same every time (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

it("5000 events, repeated, retried, aborted, redelivered and met by crashes, count exactly once", {
  timeout: 60_000,
}, async ({ expect }) => {
  const random = randomFrom(7);
  const queue: Envelope[] = [];
  let refused = 0;
  const send = async (envelopes: readonly Envelope[]) => {
    const fate = random();
    if (fate < 0.05) throw new Error("the queue is away");
    queue.push(...envelopes.map((one) => structuredClone(one)));
    if (fate < 0.1) throw new Error("the answer is lost"); // taken, but the page is told 503
  };
  const door = doorOf(site, {}, { send });

  for (let who = 0; who < visitors; who++) {
    const cookie = await cookieOf(visitOf(site, `v${who}-`));
    const own = Array.from({ length: events / visitors }, (_, at) => ({
      id: `e-${who}-${at}`,
      name: at % 4 === 0 ? "buy" : "view",
      time: nowMs - at,
    }));
    const repeated = own.filter(() => random() < 0.1);
    const all = [...own, ...repeated];
    for (let from = 0; from < all.length; from += perBatch) {
      const batch = all.slice(from, from + perBatch);
      for (let accepted = false; !accepted; ) {
        const answer = await door.ask(pageRequest("events", "POST", { events: batch }, { cookie }));
        accepted = answer.status === 202 && random() > 0.1; // some pages do not hear of it and send again
        refused += answer.status === 503 ? 1 : 0;
      }
    }
  }
  expect(refused).toBeGreaterThan(5);
  for (let who = 0; who < visitors * shown.length; who++) {
    const visitor = visitorId(`v${who % visitors}-`);
    const experience = shown[Math.floor(who / visitors)] ?? "";
    const one = envelope(visitor, {
      site: site as SiteKey,
      exposures: [exposure(experience, { variant: armOf(who) })],
    });
    // Seen on several pages before the cookie knows: at other times, and in whichever order.
    const later = envelope(visitor, {
      ...one,
      exposures: [exposure(experience, { variant: armOf(who), atMs: nowMs })],
    });
    queue.push(one, ...(random() < 0.2 ? [structuredClone(one)] : []), ...(random() < 0.3 ? [later] : []));
  }

  let crashes = 0;
  let waiting = queue.map((body) => ({ body, attempts: 1 }));
  while (waiting.length > 0) {
    const taken = waiting.splice(Math.floor(random() * waiting.length), 40);
    const crash = crashAfter(random() < 0.3 ? Math.floor(random() * 12) : 1_000_000, random() < 0.5);
    const db = crashingDb(env.VISITORS, crash);
    const deliveries = taken.map(({ body, attempts }) => delivery(body, attempts));
    await consume(
      deliveries,
      {
        visitors: createVisitorStore(db),
        identities: createIdentityStore(db),
        merging: createMergeStore(db),
        profiles: createProfileStore({ db, kv: crashingKv(env.KV, crash) }),
        rejected: () => {},
        failed: () => {},
      },
      nowMs,
    );
    const isDead = crash.left < 0;
    crashes += isDead ? 1 : 0;
    const again = taken.filter((_, at) => isDead || deliveries[at]?.fate !== "ack" || random() < 0.02);
    waiting = [...waiting, ...again.map(({ body, attempts }) => ({ body, attempts: attempts + 1 }))];
  }
  expect(crashes).toBeGreaterThan(0);

  const count = "SELECT name, count(*) AS count FROM events WHERE site = ? GROUP BY name ORDER BY name";
  const { results } = await env.VISITORS.prepare(count).bind(site).all();
  expect(results).toEqual([
    { name: "buy", count: events / 4 },
    { name: "view", count: (events * 3) / 4 },
  ]);
  const arms =
    "SELECT experience, variant, count(*) AS count, min(at_ms) = max(at_ms) AS first FROM exposures WHERE site = ? GROUP BY 1, 2 ORDER BY 1, 2";
  expect((await env.VISITORS.prepare(arms).bind(site).all()).results).toEqual(
    shown.flatMap((experience) =>
      ["control", "warm"].map((variant) => ({ experience, variant, count: visitors / 2, first: 1 })),
    ),
  );
  for (let who = 0; who < visitors; who++) {
    const expected = { events: { buy: { count: 25 }, view: { count: 75 } } };
    const exposed = shown.map((key) => `${key}@1`);
    expect(await profiles.read(visitorId(`v${who}-`), site as SiteKey)).toMatchObject({ ...expected, exposed });
    expect(await profiles.readCopy(visitorId(`v${who}-`), site as SiteKey)).toMatchObject(expected);
  }
});
