import { describe, it } from "vitest";
import type { App } from "../../src/core/draft.ts";
import { ofrep } from "../../src/edge/ofrep/door.ts";
import { compiledFrom, edgeWith, nowMs, type Seen } from "./ports.ts";

const file = {
  slots: {
    title: { type: "text", default: "Hello" },
    limit: { type: "number", default: 10 },
    lonely: { type: "boolean", default: true },
    layout: { type: "json", default: { columns: 2 } },
  },
  experiences: {
    greeting: {
      kind: "experiment",
      routes: ["/"],
      variants: { control: { weight: "50%" }, warm: { weight: "50%", slots: { title: "Hello {{ visitor.name }}" } } },
    },
    gold: {
      kind: "personalization",
      routes: [],
      audience: { "trait.tier": "gold" },
      variants: { on: { slots: { limit: 50, layout: { columns: 4 } } } },
    },
  },
};

const token = "st_a-servers-secret-token";
const apps: Readonly<Record<string, App>> = {
  web: { kind: "client", key: "ck_web", origins: ["https://app.example"] },
  backend: { kind: "server", tokenHash: "f4e2a7cc6fb9b6b3c1a2e4d9b6b7cfb1b1f5f2c0b0d7f2e3f9f4a6c8d2e1f0a3" },
};

async function ask(path: string, body: unknown, headers: Record<string, string> = {}, method = "POST") {
  const compiled = compiledFrom(file);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  const tokenHash = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const known = { ...apps, backend: { kind: "server" as const, tokenHash } };
  const release = { ...compiled.release, content: { ...compiled.release.content, apps: known } };
  const pointer = { site: release.site, release: release.id, killed: false, publishedAtMs: 0 };
  const { edge, seen } = edgeWith({
    sites: { find: () => ({ pointer, compiled: { ...compiled, release }, weights: {}, checkedAtMs: nowMs }) },
  });
  const response = await ofrep(
    new Request(`https://shop.example/_caramel/ofrep/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
      ...(method === "POST" ? { body: typeof body === "string" ? body : JSON.stringify(body) } : {}),
    }),
    edge,
  );
  await seen.settled();
  return { response, seen, json: async () => (await response.json()) as Record<string, unknown> };
}

const someone = { context: { targetingKey: "user-7", name: "Ada" } };
const exposed = (seen: Seen) => seen.sent.flatMap(({ exposures }) => exposures.map(({ experience }) => experience));

describe("a single evaluation", () => {
  it("gives value, variant and reason in OpenFeature's words, and records the exposure", async ({ expect }) => {
    const { json, seen, response } = await ask("/evaluate/flags/title", someone);
    const body = await json();
    expect(response.status).toBe(200);
    expect(body).toMatchObject({
      key: "title",
      reason: "SPLIT",
      metadata: { experience: "greeting", detail: "split" },
    });
    expect(body.value).toBe(body.variant === "warm" ? "Hello Ada" : "Hello");
    expect(exposed(seen)).toEqual(["greeting"]);
  });

  it("takes the context as traits", async ({ expect }) => {
    const gold = { context: { targetingKey: "user-7", tier: "gold" } };
    expect(await (await ask("/evaluate/flags/limit", gold)).json()).toMatchObject({
      value: 50,
      reason: "TARGETING_MATCH",
    });
    expect(await (await ask("/evaluate/flags/limit", someone)).json()).toMatchObject({ value: 10, reason: "DEFAULT" });
    expect(await (await ask("/evaluate/flags/lonely", someone)).json()).toMatchObject({
      value: true,
      reason: "STATIC",
    });
  });

  it("gives the same subject the same variant every time", async ({ expect }) => {
    const answers = await Promise.all([1, 2, 3].map(async () => (await ask("/evaluate/flags/title", someone)).json()));
    expect(new Set(answers.map(({ variant }) => variant)).size).toBe(1);
  });
});

describe("what the protocol says when a question is wrong", () => {
  it.for([
    ["an unknown flag", "/evaluate/flags/nope", someone, {}, 404, { key: "nope", errorCode: "FLAG_NOT_FOUND" }],
    ["no targeting key", "/evaluate/flags/title", { context: {} }, {}, 400, { errorCode: "TARGETING_KEY_MISSING" }],
    ["no targeting key, in bulk", "/evaluate/flags", {}, {}, 400, { errorCode: "TARGETING_KEY_MISSING" }],
    ["bad JSON", "/evaluate/flags/title", "{", {}, 400, { errorCode: "PARSE_ERROR" }],
    ["a list for a context", "/evaluate/flags/title", { context: [] }, {}, 400, { errorCode: "INVALID_CONTEXT" }],
    [
      "a number for a key",
      "/evaluate/flags",
      { context: { targetingKey: 7 } },
      {},
      400,
      { errorCode: "INVALID_CONTEXT" },
    ],
    ["a wrong key", "/evaluate/flags", someone, { authorization: "Bearer nobody" }, 401, {}],
    ["no key", "/evaluate/flags", someone, { authorization: "" }, 401, {}],
    ["another path", "/evaluate", someone, {}, 404, {}],
    ["a prototype's name", "/evaluate/flags/constructor", someone, {}, 404, { errorCode: "FLAG_NOT_FOUND" }],
    ["a huge body", "/evaluate/flags", "x".repeat(70_000), {}, 413, {}],
  ] as const)("%s", async ([, path, body, headers, status, expected], { expect }) => {
    const { response, json, seen } = await ask(path, body, headers);
    expect(response.status).toBe(status);
    const answer = await json();
    expect(answer).toMatchObject(expected);
    expect(answer.errorDetails).toEqual(expect.any(String));
    expect(seen.sent).toEqual([]);
  });
});

describe("bulk evaluation", () => {
  it("answers every slot, then 304 while nothing has changed", async ({ expect }) => {
    const first = await ask("/evaluate/flags", someone);
    const etag = first.response.headers.get("etag") ?? "";
    const { flags } = (await first.json()) as { flags: { key: string }[] };
    expect(flags.map(({ key }) => key).sort()).toEqual(["layout", "limit", "lonely", "title"]);
    const again = await ask("/evaluate/flags", someone, { "if-none-match": etag });
    expect(again.response.status).toBe(304);
    expect(again.seen.sent).toEqual([]);
    const other = await ask(
      "/evaluate/flags",
      { context: { ...someone.context, tier: "gold" } },
      { "if-none-match": etag },
    );
    expect(other.response.status).toBe(200);
  });
});

describe("a page's key", () => {
  const key = { authorization: "", "x-api-key": "ck_web" };

  it("is good from its origins only", async ({ expect }) => {
    const allowed = await ask("/evaluate/flags", someone, { ...key, origin: "https://app.example" });
    expect(allowed.response.status).toBe(200);
    expect(allowed.response.headers.get("access-control-allow-origin")).toBe("https://app.example");
    const refused = await ask("/evaluate/flags", someone, { ...key, origin: "https://evil.example" });
    expect(refused.response.status).toBe(403);
    expect(refused.response.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("is asked for by a preflight that allows what the clients send", async ({ expect }) => {
    const { response } = await ask("/evaluate/flags", null, { origin: "https://app.example" }, "OPTIONS");
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-headers")).toContain("x-api-key");
    expect(response.headers.get("access-control-allow-origin")).toBe("https://app.example");
  });
});
