import { beforeAll, describe, it } from "vitest";
import { intakeLimits } from "../../src/collect/limits.ts";
import { createLimiter } from "../../src/collect/rate-limit.ts";
import { migrate } from "../store/migrated.ts";
import { cookieOf, doorOf, everything, nothing, nowMs, pageRequest, visitOf, visitorId } from "./visitors-door.ts";

beforeAll(migrate);

const event = (changes: Record<string, unknown> = {}) => ({ id: "e1", name: "view", time: nowMs - 1000, ...changes });
const sha256 = async (text: string) =>
  [...new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");

async function post(
  door: ReturnType<typeof doorOf>,
  body: unknown,
  headers: Record<string, string> = {},
  site = "abuse",
) {
  const cookie = await cookieOf(visitOf(site, "known"));
  return door.ask(pageRequest("events", "POST", body, { cookie, ...headers }));
}

describe("a batch of events", () => {
  it("is accepted from the visitor's page, as JSON and as a beacon's text", async ({ expect }) => {
    for (const type of ["application/json", "text/plain;charset=UTF-8"]) {
      const door = doorOf("abuse");
      const body = { events: [event({ value: 9.5, props: { sku: "b-1", gift: true, n: 2 } }), event({ id: "e2" })] };
      const answer = await post(door, body, { "content-type": type });
      expect(answer.status).toBe(202);
      expect(await answer.json()).toEqual({ accepted: 2, rejected: [] });
      expect(door.sent).toMatchObject([
        {
          visitor: visitorId("known"),
          purposes: { analytics: true, personalization: true },
          events: [
            {
              id: "e1",
              name: "view",
              atMs: nowMs - 1000,
              value: 9.5,
              props: { sku: "b-1", gift: true, n: 2 },
              source: "page",
            },
            { id: "e2", value: null, props: {} },
          ],
        },
      ]);
    }
  });

  it("is judged event by event: what is wrong with one holds up no other", async ({ expect }) => {
    const door = doorOf("abuse");
    const answer = await post(door, { events: [event({ name: "Bad Name" }), event({ id: "fine" }), 7] });
    expect(await answer.json()).toMatchObject({
      accepted: 1,
      rejected: [
        { index: 0, id: "e1", reason: "name" },
        { index: 2, id: null, reason: "shape" },
      ],
    });
    expect(door.sent.flatMap(({ events }) => events.map(({ id }) => id))).toEqual(["fine"]);
  });

  it("is not acknowledged when the queue has not taken it", async ({ expect }) => {
    const door = doorOf("abuse", {}, { send: () => Promise.reject(new Error("queue away\nforged line")) });
    const answer = await post(door, { events: [event()] });
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(door.failures.map((what) => JSON.stringify({ what })).join()).not.toContain("\n");
  });

  it("has times clamped to now, and nothing older than 7 days", async ({ expect }) => {
    const door = doorOf("abuse");
    const times = [nowMs + 86_400_000, new Date(nowMs - 5).toISOString(), nowMs - intakeLimits.oldestMs];
    await post(door, { events: times.map((time, index) => event({ id: `t${index}`, time })) });
    expect(door.sent[0]?.events.map(({ atMs }) => atMs)).toEqual([nowMs, nowMs - 5, nowMs - intakeLimits.oldestMs]);
  });

  it("may be exactly as large as its limits", async ({ expect }) => {
    const props = Object.fromEntries(Array.from({ length: intakeLimits.propsPerEvent }, (_, at) => [`p${at}`, at]));
    const largest = event({
      id: "i".repeat(intakeLimits.idCharacters),
      name: "n".repeat(64),
      value: intakeLimits.valueMagnitude,
      props: { ...props, p0: "x".repeat(intakeLimits.propTextCharacters) },
    });
    const door = doorOf("abuse");
    expect(await (await post(door, { events: [largest] })).json()).toEqual({ accepted: 1, rejected: [] });
    const many = Array.from({ length: intakeLimits.eventsPerBatch }, (_, at) => event({ id: `m${at}` }));
    expect(await (await post(door, { events: many })).json()).toMatchObject({ accepted: intakeLimits.eventsPerBatch });
    const body = JSON.stringify({ events: [event()] });
    expect((await post(door, body.padEnd(intakeLimits.bodyBytes))).status).toBe(202);
    expect((await post(door, body.padEnd(intakeLimits.bodyBytes + 1))).status).toBe(413);
  });
});

describe("who is spoken of", () => {
  it("is whom a server names, with the token of one of the site's apps or of the admin API", async ({ expect }) => {
    const apps = { backend: { tokenHash: await sha256("the-backend-token-0001") } };
    for (const token of ["the-backend-token-0001", "an-admin-token"]) {
      const door = doorOf("servers", { apps });
      const body = { visitor: visitorId("named"), events: [event(), event({ id: "e2", user: "ann" })] };
      const request = pageRequest("events", "POST", body, {
        authorization: `Bearer ${token}`,
        origin: "https://any.example",
      });
      expect(await (await door.ask(request)).json()).toEqual({ accepted: 2, rejected: [] });
      expect(door.sent).toMatchObject([
        { visitor: visitorId("named"), user: null, events: [{ source: "api" }] },
        { visitor: visitorId("servers-new-1"), user: "ann" },
      ]);
    }
  });

  it("is nobody without a cookie: every event is rejected, and no cookie is made", async ({ expect }) => {
    const door = doorOf("abuse");
    const answer = await door.ask(pageRequest("events", "POST", { events: [event()] }));
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([202, []]);
    expect(await answer.json()).toMatchObject({ accepted: 0, rejected: [{ reason: "no_visitor" }] });
  });
});

it("declared events keep to their properties, and a site may refuse all others", async ({ expect }) => {
  const events = {
    buy: { props: { sku: { type: "text", required: true }, price: "number" } },
    look: { purposes: ["analytics"] },
  };
  const door = doorOf("abuse", { events, unknownEvents: "reject" });
  const buys = [{ sku: "a", price: 1 }, { price: 1 }, { sku: 1 }, { sku: "a", colour: "red" }];
  const sent = buys.map((props, at) => event({ id: `b${at}`, name: "buy", props }));
  const answer = await post(door, { events: [...sent, event({ name: "look" }), event({ name: "unheard" })] });
  expect(await answer.json()).toMatchObject({
    accepted: 2,
    rejected: [{ index: 1 }, { index: 2 }, { index: 3 }, { index: 5, reason: "undeclared" }],
  });
  expect(door.sent[0]?.events.at(-1)?.purposes).toEqual({ analytics: true, personalization: false });
});

describe("calls are limited", () => {
  it("by visitor and by address, with 429 and when to come again", async ({ expect }) => {
    for (const limit of ["perVisitor", "perSource"] as const) {
      const asked: string[] = [];
      const door = doorOf("abuse", {}, { [limit]: async (key: string) => asked.push(key) < 2 });
      const headers = { "cf-connecting-ip": "192.0.2.7" };
      expect((await post(door, { events: [event()] }, headers)).status).toBe(202);
      const answer = await post(door, { events: [event()] }, headers);
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "60"]);
    }
  });

  it("events apart from what a visitor may ask for: a flood takes from nobody the right to be forgotten", async ({
    expect,
  }) => {
    const isWish = async (key: string) => key.startsWith("wishes:");
    const door = doorOf("flooded", {}, { perVisitor: isWish, perSource: isWish });
    const headers = { "cf-connecting-ip": "192.0.2.7" };
    expect((await post(door, { events: [event()] }, headers, "flooded")).status).toBe(429);
    const cookie = await cookieOf(visitOf("flooded", "known"));
    const answer = await door.ask(pageRequest("me", "DELETE", undefined, { cookie, ...headers }));
    expect(answer.status).toBe(200);
  });

  it("without asking the platform again at once: a flood costs next to nothing", async ({ expect }) => {
    let [ms, asked] = [0, 0];
    const full = { limit: async () => ({ success: ++asked > 1 }) } as unknown as RateLimit;
    const limiter = createLimiter(full, 2, 60, () => ms);
    expect([await limiter("a"), await limiter("a"), asked, await limiter("b")]).toEqual([false, false, 1, true]);
    ms = 5_000;
    expect([await limiter("a"), asked]).toEqual([true, 3]);
  });

  it("by the isolate itself where the platform's limiter is missing or fails", async ({ expect }) => {
    const failing = { limit: () => Promise.reject(new Error("away")) } as unknown as RateLimit;
    for (const binding of [undefined, failing]) {
      let ms = 0;
      const limiter = createLimiter(binding, 2, 60, () => ms);
      expect([await limiter("a"), await limiter("a"), await limiter("a"), await limiter("b")]).toEqual([
        true,
        true,
        false,
        true,
      ]);
      ms = 60_000;
      expect(await limiter("a")).toBe(true);
    }
  });
});

const one = (changes: Record<string, unknown>) => ({ events: [event(changes)] });
const json = (text: string) => text;
const deep = "[".repeat(30_000) + "]".repeat(30_000);

/** What people have tried elsewhere: body, the answer's status, and the reason when a single event was rejected. */
const abuses: readonly (readonly [string, unknown, number, string | null, Record<string, string>?])[] = [
  ["an id of another kind", one({ id: 7 }), 202, "id"],
  ["no id", one({ id: undefined }), 202, "id"],
  ["an empty id", one({ id: "" }), 202, "id"],
  ["an id over its limit", one({ id: "x".repeat(65) }), 202, "id"],
  ["an id with a line break", one({ id: "a\nb" }), 202, "id"],
  ["an id that is an address", one({ id: "ann@shop.example" }), 202, "id"],
  ["a name with SQL", one({ name: "x'; DROP TABLE events; --" }), 202, "name"],
  ["a name in capitals", one({ name: "VIEW" }), 202, "name"],
  ["a name over its limit", one({ name: "n".repeat(65) }), 202, "name"],
  ["a name that is a formula", one({ name: "=cmd|'/c calc'!a1" }), 202, "name"],
  ["a name with a log line", one({ name: 'view\n{"level":"fatal"}' }), 202, "name"],
  ["no time", one({ time: undefined }), 202, "time"],
  ["a time in words", one({ time: "yesterday" }), 202, "time"],
  ["a time before time", one({ time: -1 }), 202, "time"],
  ["a time in seconds", one({ time: Math.floor(nowMs / 1000) }), 202, "too_old"],
  ["a replay of last week", one({ time: nowMs - intakeLimits.oldestMs - 1 }), 202, "too_old"],
  ["NaN", json('{"events":[{"id":"e","name":"view","time":1,"value":NaN}]}'), 400, null],
  ["1e308", one({ value: 1e308 }), 202, "value"],
  ["1e999", json(`{"events":[{"id":"e","name":"view","time":${nowMs},"value":1e999}]}`), 202, "value"],
  ["a value as text", one({ value: "9.99" }), 202, "value"],
  [
    "__proto__ as a property",
    json(`{"events":[{"id":"e","name":"view","time":${nowMs},"props":{"__proto__":{"x":1}}}]}`),
    202,
    "props",
  ],
  ["constructor as a property", one({ props: { constructor: "x" } }), 202, "props"],
  [
    "__proto__ as a member",
    json(`{"events":[{"id":"e","name":"view","time":${nowMs},"__proto__":{"visitor":"x"}}]}`),
    202,
    "shape",
  ],
  ["properties inside properties", one({ props: { a: { b: 1 } } }), 202, "props"],
  ["a list as a property", one({ props: { a: [1] } }), 202, "props"],
  [
    "too many properties",
    one({ props: Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`p${at}`, 1])) }),
    202,
    "props",
  ],
  ["a property over its limit", one({ props: { a: "x".repeat(501) } }), 202, "props"],
  ["a property's name that is a formula", one({ props: { "=1+1": "x" } }), 202, "props"],
  ["a control character", one({ props: { a: "\u001b[31mred" } }), 202, "props"],
  ["half a character", one({ props: { a: "\ud800" } }), 202, "props"],
  ["an e-mail address", one({ props: { who: "Ann <ann@shop.example>" } }), 202, "sensitive"],
  ["an escaped e-mail address", one({ props: { url: "/?m=ann%40shop.example" } }), 202, "sensitive"],
  ["a card's number", one({ props: { note: "pay 4111 1111 1111 1111" } }), 202, "sensitive"],
  ["a card's number as a number", one({ props: { n: 4111111111111111 } }), 202, "sensitive"],
  ["somebody else's visitor id", one({ visitor: visitorId("victim") }), 202, "shape"],
  ["a visitor for the batch", { ...one({}), visitor: visitorId("victim") }, 400, null],
  ["an exposure of one's own", { ...one({}), exposures: [{ experience: "hero", variant: "warm" }] }, 400, null],
  ["an experiment's variant on an event", one({ experience: "hero", variant: "warm" }), 202, "shape"],
  [
    "more events than a batch has",
    { events: Array.from({ length: 101 }, (_, at) => event({ id: `e${at}` })) },
    413,
    null,
  ],
  ["10 MB", `{"events":[]}${" ".repeat(10_000_000)}`, 413, null],
  ["a gzip bomb", one({}), 415, null, { "content-encoding": "gzip" }],
  ["a form", "events=1", 415, null, { "content-type": "application/x-www-form-urlencoded" }],
  ["brackets without end", deep, 400, null],
  ["another site's page", one({}), 403, null, { origin: "https://evil.example", "sec-fetch-site": "cross-site" }],
  ["a page without an origin", one({}), 403, null, { origin: "null" }],
  ["a lookalike host", one({}), 403, null, { origin: "https://notshop.example" }],
  ["a wrong token", one({}), 401, null, { authorization: "Bearer guessed-guessed-guessed" }],
  ["a tampered cookie", one({}), 202, "no_visitor", { cookie: "caramel=e30.AAAA" }],
  ["two cookies", one({}), 202, "no_visitor", { cookie: "caramel=a.b; caramel=c.d" }],
];

describe("abuse is answered clearly and stores nothing", () => {
  it.for(abuses)("%s", async ([, body, status, reason, headers], { expect }) => {
    const door = doorOf("abuse");
    const answer = await post(door, body, headers);
    expect(answer.status).toBe(status);
    const said = (await answer.json()) as { rejected?: { reason: string; detail: string }[]; detail?: string };
    if (reason === null) expect(said.detail).toMatch(/\w.*\.$/);
    else expect(said).toMatchObject({ accepted: 0, rejected: [{ reason, detail: expect.stringMatching(/\w.*\.$/) }] });
    expect(door.sent).toEqual([]);
    expect(await everything("abuse")).toEqual(nothing);
  });

  it("values that a spreadsheet or a shell would run are kept as the data they are", async ({ expect }) => {
    const door = doorOf("formula");
    const props = { a: "=HYPERLINK(1)", b: "$(rm -rf /)", c: "<script>alert(1)</script>", d: "-5" };
    await post(door, { events: [event({ props })] }, {}, "formula");
    await door.deliver();
    const [row] = (await everything("formula")).events as { props: string }[];
    expect(JSON.parse(row?.props ?? "")).toEqual(props);
  });

  it("a replayed batch counts once", async ({ expect }) => {
    const door = doorOf("replay");
    for (let time = 0; time < 5; time++) await post(door, { events: [event(), event()] }, {}, "replay");
    await door.deliver();
    expect((await everything("replay")).events).toHaveLength(1);
  });
});
