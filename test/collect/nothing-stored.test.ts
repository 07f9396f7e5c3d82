import { beforeAll, describe, it } from "vitest";
import { consume } from "../../src/collect/consume.ts";
import { collect } from "../../src/collect/door.ts";
import type { Envelope } from "../../src/core/event.ts";
import { handle } from "../../src/edge/handle.ts";
import { compiledFrom, edgeWith, htmlAnswer } from "../edge/ports.ts";
import { migrate } from "../store/migrated.ts";
import { wholeStore } from "../store/whole.ts";
import { delivery } from "./deliveries.ts";
import {
  consumerStores,
  cookieOf,
  cookiesAfter,
  doorOf,
  nowMs,
  pageRequest,
  signers,
  siteKeys,
  visitOf,
} from "./visitors-door.ts";

beforeAll(migrate);

const file = (consent: string) => ({
  consent,
  experiences: {
    hero: {
      kind: "experiment",
      routes: ["/*"],
      variants: {
        control: { weight: "0%" },
        on: { weight: "100%", operations: [{ selector: "h1", action: "setText", value: "Hello" }] },
      },
    },
  },
  observe: {
    view: { kind: "view", event: "view_book", routes: ["/books/*"], item: true },
    basket: { kind: "form", event: "add_to_basket", routes: ["/basket"], fields: { item: "book" } },
    search: { kind: "search", event: "search", routes: ["/search"], parameter: "q" },
  },
});

/** A person's way through a site: pages, a form, a search, events of a script, a login. Everything that it sets, and that it sends. */
async function journey(consent: string, headers: Record<string, string>, cookie = "") {
  const sent: Envelope[] = [];
  const send = async (envelopes: readonly Envelope[]) => void sent.push(...envelopes);
  const { edge, seen } = edgeWith({
    file: file(consent),
    answer: () => htmlAnswer(),
    signer: signers.visit,
    consentSigner: signers.consent,
    events: { send },
  });
  const { ports } = doorOf("shop", {}, { send, site: async () => compiledFrom(file(consent)).release.content });
  const set: string[] = [];
  let jar = cookie;
  const note = (response: Response) => {
    set.push(...response.headers.getSetCookie());
    jar = cookiesAfter(response, jar);
  };
  const page = async (path: string, method = "GET", body?: string) => {
    const type: Record<string, string> = body ? { "content-type": "application/x-www-form-urlencoded" } : {};
    const init = { method, headers: { ...headers, ...type, cookie: jar }, ...(body ? { body } : {}) };
    const response = await handle(new Request(`https://shop.example${path}`, init), edge);
    await response.text();
    note(response);
  };
  const call = async (path: string, body: unknown) =>
    note(await collect(pageRequest(path, "POST", body, { ...headers, cookie: jar }), ports));
  for (const path of ["/", "/books/1", "/search?q=moths"]) await page(path);
  await page("/basket", "POST", "book=moth-light");
  await call("events", { events: [{ id: "e1", name: "scroll", time: nowMs }] });
  await call("identify", { user: "ann", hmac: await hmacOf("ann"), traits: undefined });
  await page("/");
  await seen.settled();
  const deliveries = sent.map((body) => delivery(structuredClone(body)));
  await consume(deliveries, consumerStores, nowMs);
  return { set, sent, jar };
}

async function hmacOf(user: string): Promise<string> {
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey(
    "raw",
    encoder.encode(await siteKeys.keyOf("shop")),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const bytes = new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(user)));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

describe("a whole journey leaves nothing in any store and sets nothing", () => {
  const known = () => cookieOf(visitOf("shop", "known"));
  const denied = async () => {
    const door = doorOf("shop");
    return cookiesAfter(await door.ask(pageRequest("consent", "POST", { analytics: false, personalization: false })));
  };
  const cases = [
    ["a browser that sends Sec-GPC", "optOut", { "sec-gpc": "1" }, async () => ""],
    ["the same, of somebody who was known", "optOut", { "sec-gpc": "1" }, known],
    ["no consent where it is required", "required", {}, async () => ""],
    ["the same, of somebody who was known", "required", {}, known],
    ["somebody who has opted out", "optOut", {}, denied],
    ["the same, still with an old cookie", "optOut", {}, async () => `${await denied()}; ${await known()}`],
  ] as const;

  it.for(cases)("%s (%s)", async ([, consent, headers, cookie], { expect }) => {
    const jar = await cookie();
    const before = await wholeStore();
    const { set, sent } = await journey(consent, headers, jar);
    expect(set).toEqual([]);
    expect(sent).toEqual([]);
    expect(await wholeStore()).toEqual(before);
  });

  it("while somebody who allows it is in every store, until they ask to be forgotten", async ({ expect }) => {
    const before = await wholeStore();
    const { jar, sent } = await journey("optOut", {});
    expect(sent.length).toBeGreaterThan(3);
    const names = Object.entries(await wholeStore()).filter(
      ([name, rows]) => JSON.stringify(rows) !== JSON.stringify(before[name]),
    );
    expect(names.map(([name]) => name.replace(/^KV\.profile:.*/, "KV.profile")).sort()).toEqual([
      "KV.profile",
      "VISITORS.events",
      "VISITORS.exposures",
      "VISITORS.identities",
      "VISITORS.profiles",
      "VISITORS.users",
    ]);
    const door = doorOf("shop");
    const answer = await door.ask(pageRequest("me", "DELETE", undefined, { cookie: jar }));
    expect(cookiesAfter(answer, jar)).toBe("");
    await door.deliver();
    await consume(
      sent.map((body) => delivery(structuredClone(body))),
      consumerStores,
      nowMs,
    );
    const { "VISITORS.tombstones": stones, ...rest } = await wholeStore();
    expect(rest).toEqual(Object.fromEntries(Object.entries(before).filter(([name]) => name !== "VISITORS.tombstones")));
    expect(JSON.stringify(stones)).not.toMatch(/ann|visitor-/);
  });
});
