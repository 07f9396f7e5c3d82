import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { sha256 } from "../../src/control/sha256.ts";
import { newToken, tokenId } from "../../src/control/token-format.ts";
import { createTokenDoor, deployment, type TokenDoorParts } from "../../src/control/tokens.ts";
import { createTokenStore } from "../../src/store/tokens.ts";
import { migrate } from "../store/migrated.ts";
import { caller, controlPorts, nowMs } from "./api.ts";

const secret = "the-deployments-own-secret-of-enough-characters";
const dayMs = 86_400_000;
const store = createTokenStore(env.DB);

/** An isolate with a clock of its own. */
function isolate(more: Partial<TokenDoorParts> = {}) {
  const clock = { nowMs };
  const now = () => clock.nowMs;
  const door = createTokenDoor({ secret, tokens: store, digest: sha256, now, ...more });
  const ports = controlPorts({ now, doors: { tokens: door, sessions: { find: async () => null }, access: null } });
  return { clock, door, call: caller(ports) };
}

const first = isolate();
/** Makes a token as an operator would. */
async function make(body: object = {}, path = "/sites/bookshop/tokens", by = secret) {
  const { status, json } = await first.call("POST", path, {
    token: by,
    body: { name: "pipeline", roles: ["viewer"], ...body },
  });
  return { status, json, token: json.token as string, id: json.id as string };
}

beforeAll(migrate);

describe("a token", () => {
  it("is recognisable, random, and checked without a database", ({ expect }) => {
    const { id, token } = newToken();
    expect(token).toMatch(/^crml_[a-z0-9]{12}_[\w-]{49}$/);
    expect(tokenId(token)).toBe(id);
    expect(new Set(Array.from({ length: 500 }, () => newToken().token)).size).toBe(500);
    for (let at = 0; at < token.length; at += 1) {
      const slip = token.slice(0, at) + (token[at] === "x" ? "y" : "x") + token.slice(at + 1);
      expect(tokenId(slip), `character ${at}`).toBeNull();
    }
    for (const none of ["", "crml_", token.slice(1), `${token}x`, token.toUpperCase(), ` ${token}`])
      expect(tokenId(none)).toBeNull();
  });

  it("is shown once, and kept as its hash only", async ({ expect }) => {
    const { status, token, id } = await make();
    expect([status, tokenId(token)]).toEqual([201, id]);
    const rows = JSON.stringify((await env.DB.prepare("SELECT * FROM tokens").all()).results);
    const audit = JSON.stringify((await env.DB.prepare("SELECT * FROM audit").all()).results);
    const listed = JSON.stringify((await first.call("GET", "/sites/bookshop/tokens", { token: secret })).json);
    expect(rows).toContain(await sha256(token));
    for (const text of [rows, audit, listed]) expect(text).not.toContain(token.slice(18));
    expect(listed).toContain(id);
    expect(listed).not.toContain(await sha256(token));
  });

  it("opens what its roles say, and nothing on another site", async ({ expect }) => {
    const { token, id } = await make({ person: "Ann@Books.example" });
    expect((await first.call("GET", "/me", { token })).json).toEqual({
      id: "person:ann@books.example",
      name: "pipeline",
      kind: "person",
      roles: { bookshop: ["viewer"] },
    });
    expect((await first.call("GET", "/sites/other/draft", { token })).status).toBe(403);
    expect((await first.call("GET", "/sites/bookshop/tokens", { token })).status).toBe(403);
    expect((await first.call("DELETE", `/sites/bookshop/tokens/${id}`, { token })).status).toBe(403);
  });

  it("of a machine is itself, one of a person is the person whatever token they hold", async ({ expect }) => {
    const machine = await make();
    expect((await first.call("GET", "/me", { token: machine.token })).json.id).toBe(`token:${machine.id}`);
    const [a, b] = [await make({ person: "bo@books.example" }), await make({ person: "BO@books.example" })];
    const ids = await Promise.all([a, b].map(async ({ token }) => (await first.call("GET", "/me", { token })).json.id));
    expect(ids).toEqual(["person:bo@books.example", "person:bo@books.example"]);
  });

  it("that only sends events does nothing else, whatever its site", async ({ expect }) => {
    const { token } = await make({ roles: ["ingest"] });
    for (const path of ["/sites/bookshop/draft", "/sites/bookshop/releases", "/sites/bookshop/audit"])
      expect((await first.call("GET", path, { token })).status).toBe(403);
    expect((await first.call("GET", "/sites", { token })).json).toEqual({ sites: [], next: null });
  });

  it.for([
    [{ roles: [] }, "/roles"],
    [{ roles: ["owner"] }, "/roles/0"],
    [{ name: " " }, "/name"],
    [{ expiresInDays: 0 }, "/expiresInDays"],
    [{ expiresInDays: 367 }, "/expiresInDays"],
    [{ person: "ann" }, "/person"],
    [{ id: "mine" }, ""],
    [{ roles: { other: ["operator"] } }, "/roles"],
  ] as const)("is not made of %j", async ([body, path], { expect }) => {
    const { status, json } = await make(body);
    expect([status, json.problems[0].path]).toEqual([422, path]);
  });
});

describe("a token that was good", () => {
  it("opens nothing from the moment that it expires", async ({ expect }) => {
    const { token } = await make({ expiresInDays: 1 });
    const { call, clock } = isolate();
    clock.nowMs = nowMs + dayMs - 1;
    expect((await call("GET", "/me", { token })).status).toBe(200);
    clock.nowMs = nowMs + dayMs;
    const { status, json } = await call("GET", "/me", { token });
    expect([status, json.detail]).toEqual([401, expect.stringContaining("has expired")]);
  });

  it("opens nothing within half a minute of its revocation, in every isolate", async ({ expect }) => {
    const { token, id } = await make();
    const { call, clock } = isolate();
    expect((await call("GET", "/me", { token })).status).toBe(200);
    expect((await first.call("DELETE", `/sites/bookshop/tokens/${id}`, { token: secret })).status).toBe(200);
    clock.nowMs += 30_000;
    const { status, json } = await call("GET", "/me", { token });
    expect([status, json.detail]).toEqual([401, expect.stringContaining("has been revoked")]);
    expect((await isolate().call("GET", "/me", { token })).status).toBe(401);
  });

  it("says when it was last used, to the hour", async ({ expect }) => {
    const { token, id } = await make();
    const { call, clock } = isolate();
    clock.nowMs = nowMs + 90 * 60_000;
    await call("GET", "/me", { token });
    const lastUsedAtMs = (await store.find(id))?.lastUsedAtMs ?? 0;
    expect([lastUsedAtMs % 3600_000, clock.nowMs - lastUsedAtMs < 3600_000]).toEqual([0, true]);
  });
});

describe("a token that never was", () => {
  it("is refused alike whether its id is somebody's or nobody's, and learns neither", async ({ expect }) => {
    const { token } = await make();
    const stranger = newToken();
    const asked: string[] = [];
    const find = (id: string) => {
      asked.push(id);
      return store.find(id);
    };
    const { call } = isolate({ tokens: { find, touch: store.touch } });
    // Well-formed, with somebody's id: as an attacker would make it who saw a list of ids.
    const forged = reForged(token, stranger.token);
    const answers = await Promise.all(
      [forged, stranger.token, "crml_short", secret.slice(1)].map((one) => call("GET", "/me", { token: one })),
    );
    expect(new Set(answers.map(({ status, json }) => JSON.stringify([status, json]))).size).toBe(1);
    // Only the public part is ever looked up: how long D1 takes tells nothing of a secret.
    expect(asked).toEqual([tokenId(token), stranger.id]);
  });

  it("with a right beginning is refused as one with a right end is", async ({ expect }) => {
    const { door } = isolate();
    for (const guess of [`${secret.slice(0, -1)}x`, `x${secret.slice(1)}`, `${secret}x`, secret.toUpperCase()])
      expect(await door.open(guess)).toEqual({ ok: false, error: "unknown" });
  });

  it("is nobody's while D1 is away; the deployment's secret opens all the same", async ({ expect }) => {
    const find = () => Promise.reject(new Error("D1 is down"));
    const { call } = isolate({ tokens: { find, touch: find } });
    const { status, json } = await call("GET", "/me", { token: newToken().token });
    expect([status, json.detail]).toEqual([503, "Who you are can't be looked up just now."]);
    expect((await call("GET", "/me", { token: secret })).json).toMatchObject({ id: "deployment" });
  });
});

describe("the deployment's secret", () => {
  it("opens nothing when it is missing or can be guessed", async ({ expect }) => {
    for (const short of [undefined, "", "short"])
      expect((await isolate({ secret: short }).door.open(short ?? "")).ok).toBe(false);
  });

  it("opens everything when it is long and right", async ({ expect }) => {
    expect(await isolate().door.open(secret)).toMatchObject({ ok: true, value: { principal: deployment } });
  });
});

describe("whoever may make tokens", () => {
  it("makes them for their own site only, and no site's operator for all", async ({ expect }) => {
    const { token } = await make({ roles: ["operator"] });
    expect((await make({}, "/sites/bookshop/tokens", token)).status).toBe(201);
    expect((await make({}, "/sites/other/tokens", token)).status).toBe(403);
    expect((await make({ roles: { "*": ["viewer"] } }, "/tokens", token)).status).toBe(403);
    expect((await make({ roles: { "*": ["viewer"], other: ["author"] } }, "/tokens")).status).toBe(201);
    expect((await make({ roles: { "no key": ["author"] } }, "/tokens")).status).toBe(422);
  });

  it("revokes those of their own site only", async ({ expect }) => {
    const { token } = await make({ roles: ["operator"] });
    const foreign = await make({}, "/sites/other/tokens");
    const both = await make({ roles: { bookshop: ["viewer"], other: ["viewer"] } }, "/tokens");
    for (const { id } of [foreign, both])
      expect((await first.call("DELETE", `/sites/bookshop/tokens/${id}`, { token })).status).toBe(404);
    expect((await first.call("GET", "/me", { token: both.token })).status).toBe(200);
    expect((await first.call("DELETE", `/tokens/${both.id}`, { token: secret })).status).toBe(200);
  });
});

/** The id of one token with the secret of another, its checksum right. */
function reForged(token: string, other: string): string {
  const unchecked = token.slice(0, 18) + other.slice(18, 61);
  return unchecked + checksumOf(unchecked);
}

function checksumOf(text: string): string {
  let crc = 0xffffffff;
  for (const character of text) {
    crc ^= character.charCodeAt(0);
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  const bytes = new DataView(new ArrayBuffer(4));
  bytes.setUint32(0, (crc ^ 0xffffffff) >>> 0);
  return btoa(String.fromCharCode(...new Uint8Array(bytes.buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
