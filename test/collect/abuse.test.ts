import { beforeAll, describe, it } from "vitest";
import { migrate } from "../store/migrated.ts";
import { wholeStore } from "../store/whole.ts";
import { cookieOf, doorOf, nowMs, pageRequest, visitOf, visitorId } from "./visitors-door.ts";

let before: Record<string, unknown>;
beforeAll(async () => {
  await migrate();
  before = await wholeStore();
});

const event = (changes: Record<string, unknown> = {}) => ({ id: "e1", name: "view", time: nowMs, ...changes });
const server = { authorization: "Bearer an-admin-token" };
const utf16 = new Uint8Array([0xff, 0xfe, 0x7b, 0, 0x7d, 0]);

/** A body of 10 MB that does not say how long it is. */
function endless(): ReadableStream {
  let left = 160;
  return new ReadableStream({
    pull: (controller) => {
      if (left === 0) controller.close();
      left -= 1;
      if (left >= 0) controller.enqueue(new Uint8Array(64 * 1024).fill(32));
    },
  });
}

/** What intake.test.ts does not try: whole bodies, servers with a token, and the other addresses for visitors. */
type Case = readonly [what: string, path: string, body: unknown, status: number, headers?: Record<string, string>];

const refusedWhole: readonly Case[] = [
  ["nothing", "events", "", 400],
  ["null", "events", "null", 400],
  ["a list", "events", [event()], 400],
  ["a text", "events", '"events"', 400],
  ["a number", "events", "1e999", 400],
  ["no list of events", "events", { events: event() }, 400],
  ["events that are a text", "events", { events: "x" }, 400],
  ["a list in disguise", "events", { events: { length: 1, 0: event() } }, 400],
  ["two documents", "events", '{"events":[]}{"events":[]}', 400],
  ["UTF-16", "events", utf16, 400],
  ["__proto__ beside the events", "events", '{"events":[],"__proto__":{"visitor":"x"}}', 400],
  ["10 MB without a length", "events", "endless", 413],
  ["brotli", "events", { events: [event()] }, 415, { "content-encoding": "br" }],
  ["two codings", "events", { events: [event()] }, 415, { "content-encoding": "gzip, identity" }],
  ["HTML", "events", "<html>", 415, { "content-type": "text/html" }],
  ["no type at all", "events", "{}", 415, { "content-type": "" }],
  ["an empty token", "events", { events: [event()] }, 401, { authorization: "Bearer " }],
  ["another scheme", "events", { events: [event()] }, 401, { authorization: "Basic YWRtaW46YWRtaW4=" }],
  ["a token over any limit", "events", { events: [event()] }, 401, { authorization: `Bearer ${"x".repeat(9_000)}` }],
  ["consent in words", "consent", { analytics: "yes", personalization: true }, 400],
  ["consent for what does not exist", "consent", { analytics: true, everything: true }, 400],
  ["a login as an address", "identify", { user: "ann@shop.example", hmac: "0".repeat(64) }, 400],
  ["a login as a list", "identify", { user: ["ann"], hmac: "0".repeat(64) }, 400],
  ["a login with a line break", "identify", { user: "ann\nroot", hmac: "0".repeat(64) }, 400],
  ["a login that is too long", "identify", { user: "u".repeat(257), hmac: "0".repeat(64) }, 400],
  ["a login with a guessed signature", "identify", { user: "ann", hmac: "0".repeat(64) }, 403],
  ["a login with no signature", "identify", { user: "ann" }, 403],
  ["a login with a visitor", "identify", { user: "ann", hmac: "0".repeat(64), visitor: visitorId("victim") }, 400],
];

const refusedOne: readonly (readonly [string, unknown, string, Record<string, string>?])[] = [
  ["null", null, "shape"],
  ["a list", [], "shape"],
  ["a number", 7, "shape"],
  ["a time without end", event({ time: 1e308 }), "none"],
  ["a time that is a list", event({ time: [nowMs] }), "time"],
  ["minus 1e308", event({ value: -1e308 }), "value"],
  ["a value that is a list", event({ value: [1] }), "value"],
  ["1e308 as a property", `{"events":[{"id":"e","name":"view","time":${nowMs},"props":{"a":1e999}}]}`, "props"],
  ["properties as a list", event({ props: ["a"] }), "props"],
  ["null as a property", event({ props: { a: null } }), "props"],
  ["prototype as a property", event({ props: { prototype: 1 } }), "props"],
  ["a NUL in a property", event({ props: { a: "x\0y" } }), "props"],
  ["a line of a log in a property", event({ props: { a: 'x\n{"caramel":"failure"}' } }), "props"],
  ["a paragraph separator", event({ props: { a: "x\u2028y" } }), "props"],
  ["an id that looks like a path", event({ id: "../../etc/passwd" }), "id"],
  ["an id in other letters", event({ id: "ｅ１" }), "id"],
  ["a name with half a character", event({ name: "view\ud800" }), "name"],
  ["a server's event of nobody", event(), "no_visitor", server],
  ["a server's event of a visitor that can't be", event({ visitor: "../x" }), "no_visitor", server],
  ["a server's event of an address", event({ user: "ann@shop.example" }), "no_visitor", server],
  ["a server's event of a user with a line break", event({ user: "a\nb" }), "no_visitor", server],
  ["a server's event with a source of its own", event({ source: "edge", visitor: visitorId("v") }), "shape", server],
];

async function ask(site: string, path: string, body: unknown, headers: Record<string, string> = {}) {
  const door = doorOf(site);
  const cookie: Record<string, string> = headers.authorization
    ? {}
    : { cookie: await cookieOf(visitOf(site, "abuser")) };
  const plain = pageRequest(path, "POST", typeof body === "string" || body instanceof Uint8Array ? "" : body, {
    ...cookie,
    ...headers,
  });
  const given = body === "endless" ? endless() : typeof body === "string" || body instanceof Uint8Array ? body : null;
  const request =
    given === null ? plain : new Request(plain.url, { method: "POST", headers: plain.headers, body: given });
  return { answer: await door.ask(request), door };
}

describe("a request that is refused as a whole says why and changes nothing", () => {
  it.for(refusedWhole)("%s, to %s", async ([, path, body, status, headers], { expect }) => {
    const { answer, door } = await ask("refused", path, body, headers);
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(await answer.json()).toMatchObject({
      status,
      title: expect.any(String),
      detail: expect.stringMatching(/\w.*\.$/),
    });
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect([door.sent, door.failures]).toEqual([[], []]);
  });
});

describe("an event that is refused says why, and repeats nothing of what was sent", () => {
  it.for(refusedOne)("%s", async ([, one, reason, headers], { expect }) => {
    const body = typeof one === "string" ? one : { events: [one] };
    const { answer, door } = await ask("refused", "events", body, headers);
    expect(answer.status).toBe(202);
    const said = (await answer.json()) as { accepted: number; rejected: { reason: string; detail: string }[] };
    if (reason === "none") {
      // A clock that runs ahead is set to ours.
      expect([said.accepted, door.sent[0]?.events[0]?.atMs]).toEqual([1, nowMs]);
      return;
    }
    expect(said).toMatchObject({ accepted: 0, rejected: [{ reason, detail: expect.stringMatching(/\w.*\.$/) }] });
    expect(JSON.stringify(said)).not.toMatch(/passwd|caramel":|shop\.example/);
    expect([door.sent, door.failures]).toEqual([[], []]);
  });
});

it("a page can't log in as somebody by replaying another site's signature or cookie", async ({ expect }) => {
  const door = doorOf("here");
  const cookie = await cookieOf(visitOf("there", "somebody"));
  for (const method of ["GET", "DELETE"]) {
    const answer = await door.ask(pageRequest("me", method, undefined, { cookie }));
    expect(await answer.json()).toMatchObject(method === "GET" ? { held: null } : { erased: false });
  }
});

it("none of all that is in any store", async ({ expect }) => {
  expect(await wholeStore()).toEqual(before);
});
