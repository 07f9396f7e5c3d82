import { beforeAll, describe, it } from "vitest";
import type { SiteKey } from "../../src/core/ids.ts";
import { decodeSaid } from "../../src/core/said.ts";
import { decodeVisit } from "../../src/core/visit.ts";
import type { Edge } from "../../src/edge/edge.ts";
import { handle } from "../../src/edge/handle.ts";
import { consentCookie } from "../../src/http/visitor-cookies.ts";
import { edgeWith, pageRequest as visitRequest } from "../edge/ports.ts";
import { migrate } from "../store/migrated.ts";
import {
  cookieOf,
  cookiesAfter,
  doorOf,
  nowMs,
  pageRequest,
  profiles,
  signers,
  visitOf,
  visitorId,
} from "./visitors-door.ts";

beforeAll(migrate);

/** Whoever pressed the button once is thanked; whoever pressed it twice is not. */
const file = {
  events: { shown: { purposes: ["analytics"] }, "read-for-both": {} },
  experiences: {
    thanks: {
      kind: "personalization",
      routes: ["/"],
      audience: { "event.pressed.count": 1 },
      variants: { on: { operations: [{ selector: "h1", action: "setText", value: "Thank you" }] } },
    },
    bound: {
      kind: "personalization",
      routes: ["/never"],
      audience: { "event.shown.count": 1 },
      variants: { on: { operations: [{ selector: "h1", action: "remove" }] } },
    },
  },
};
const site = "shop" as SiteKey;
const event = (id: string, name = "pressed") => ({ id, name, time: nowMs - 1000 });

async function post(events: readonly unknown[], headers: Record<string, string> = {}) {
  const door = doorOf("shop", file);
  const cookie = await cookieOf(visitOf("shop", "presser"));
  const answer = await door.ask(pageRequest("events", "POST", { events }, { cookie, ...headers }));
  return { door, answer, cookie: cookiesAfter(answer, cookie) };
}

const noCopy: Edge["profiles"]["readCopy"] = async () => null;
const pageOf = async (cookie: string, readCopy = noCopy) =>
  (await handle(visitRequest("/", { cookie }), edgeWith({ file, profiles: { readCopy } }).edge)).text();

describe("what a page says happened", () => {
  it("is known to the very next page, and counted once when the profile knows it too", async ({ expect }) => {
    const { door, cookie } = await post([event("e1")]);
    expect(await pageOf(cookie)).toContain("Thank you");
    expect(await pageOf(await cookieOf(visitOf("shop", "presser")))).not.toContain("Thank you");

    await door.deliver();
    const readCopy = () => profiles.readCopy(visitorId("presser"), site);
    expect((await readCopy())?.events.pressed?.count).toBe(1);
    expect(await pageOf(cookie, readCopy)).toContain("Thank you");
  });

  it("sets no cookie when no condition reads it, or may read it", async ({ expect }) => {
    for (const name of ["unread", "shown"]) {
      const { answer, door } = await post([event("e1", name)]);
      expect(await answer.json()).toMatchObject({ accepted: 1 });
      expect(answer.headers.getSetCookie()).toEqual([]);
      expect(door.sent[0]?.events[0]?.carried).toBeUndefined();
    }
  });

  it("sets nothing for those who do not allow it", async ({ expect }) => {
    const choice = { analytics: true, personalization: false, atMs: nowMs, despiteGpc: false };
    const door = doorOf("shop", file);
    const said = await consentCookie(choice, door.draft.site, visitRequest(), signers.consent);
    const cookie = `${await cookieOf(visitOf("shop", "presser"))}; ${said.split(";")[0]}`;
    const headers = [{ cookie }, { cookie: await cookieOf(visitOf("shop", "presser")), "sec-gpc": "1" }];
    for (const each of headers) {
      const answer = await door.ask(pageRequest("events", "POST", { events: [event("e1")] }, each));
      expect(answer.status).toBe(202);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
    expect(door.sent.flatMap(({ events }) => events.map(({ carried }) => carried))).toEqual([undefined]);
  });

  it("is not counted while the browser looks at a preview", async ({ expect }) => {
    const own = await cookieOf(visitOf("shop", "presser"));
    const { answer, door } = await post([event("e1")], { cookie: `${own}; caramel_preview=a.token` });
    expect(await answer.json()).toMatchObject({ accepted: 0, rejected: [{ id: "e1", reason: "preview" }] });
    expect(door.sent).toEqual([]);
  });

  it("keeps the cookie within 1.5 KB, the newest events in it", async ({ expect }) => {
    const names = Array.from({ length: 30 }, (_, at) => `read-${at}-`.padEnd(64, "x"));
    const audience = { $or: names.map((name) => ({ [`event.${name}.count`]: 1 })) };
    const given = { experiences: { many: { ...file.experiences.thanks, audience } } };
    const enrolled = Object.fromEntries(
      Array.from({ length: 60 }, (_, at) => [`experience-${at}`, { variant: "control", version: 1 }]),
    );
    const door = doorOf("shop", given);
    const cookie = await cookieOf(visitOf("shop", "presser", { enrolled }));
    const events = names.map((name, at) => ({ id: `e${at}`, name, time: nowMs - 1000 + at }));
    const answer = await door.ask(pageRequest("events", "POST", { events }, { cookie }));
    const value = cookiesAfter(answer).replace("caramel_said=", "");
    expect(value.length).toBeLessThanOrEqual(1536);
    const said = decodeSaid((await signers.visit.open(value)) ?? "", { site, visitor: visitorId("presser") });
    expect(said.at(-1)?.name).toBe(names.at(-1));
    expect(said.length).toBeGreaterThan(2);
    // The page writes it into the visit, which stays as small.
    const page = await handle(
      visitRequest("/", { cookie: `${cookie}; ${cookiesAfter(answer)}` }),
      edgeWith({ file }).edge,
    );
    const [written = ""] = page.headers.getSetCookie().filter((each) => each.startsWith("caramel="));
    expect(written.split(";")[0]?.length).toBeLessThanOrEqual(1536);
    const visit = decodeVisit(
      (await signers.visit.open(written.slice("caramel=".length).split(";")[0] ?? "")) ?? "",
      site,
    );
    expect(visit?.happened.at(-1)?.name).toBe(names.at(-1));
  });

  it("survives a page that is answered at the same moment, and whose cookie comes later", async ({ expect }) => {
    const before = await cookieOf(visitOf("shop", "presser", { session: { number: 1, startedAtMs: 1, seenAtMs: 1 } }));
    const door = doorOf("shop", file);
    const request = { cookie: before };
    const [said, page] = await Promise.all([
      door.ask(pageRequest("events", "POST", { events: [event("e1")] }, request)),
      handle(visitRequest("/", request), edgeWith({ file }).edge),
    ]);
    expect(page.headers.getSetCookie()).toHaveLength(1);
    const after = cookiesAfter(page, cookiesAfter(said, before));
    expect(await pageOf(after)).toContain("Thank you");
  });

  it("is not told of another visitor, and is taken away with the visit", async ({ expect }) => {
    const { cookie, door } = await post([event("e1")]);
    const [, said = ""] = cookie.split("; ");
    expect(said).toMatch(/^caramel_said=/);
    expect(await pageOf(`${await cookieOf(visitOf("shop", "another"))}; ${said}`)).not.toContain("Thank you");
    expect(await pageOf(`${await cookieOf(visitOf("shop", "presser"))}; ${said}x`)).not.toContain("Thank you");
    for (const [path, method, body] of [
      ["me", "DELETE", undefined],
      ["identify?forget", "DELETE", undefined],
      ["consent", "POST", { analytics: false, personalization: false }],
    ] as const) {
      const answer = await door.ask(pageRequest(path, method, body, { cookie }));
      expect(cookiesAfter(answer, cookie), path).not.toMatch(/caramel(?:_said)?=/);
    }
  });

  it("sets no cookie on a server that speaks for somebody", async ({ expect }) => {
    const { answer, door } = await post([{ ...event("e1"), visitor: visitorId("served") }], {
      authorization: "Bearer an-admin-token",
    });
    expect(await answer.json()).toMatchObject({ accepted: 1 });
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(door.sent[0]?.events[0]?.carried).toBeUndefined();
  });
});
