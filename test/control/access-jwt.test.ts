import { env } from "cloudflare:workers";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { beforeAll, beforeEach, describe, it } from "vitest";
import { createAccessDoor } from "../../src/control/access-jwt.ts";
import { createPeopleStore } from "../../src/store/people.ts";
import { migrate } from "../store/migrated.ts";
import { caller, controlPorts, knownTokens, nowMs, operator } from "./api.ts";

const issuer = "https://books.cloudflareaccess.com";
const audience = "4714c1358e65fe4b408ad6d432a5f878f08194bdb4752441fd56faefa9b2b6f2";
const nowS = nowMs / 1000;

const ours = await generateKeyPair("RS256", { extractable: true });
const theirs = await generateKeyPair("RS256", { extractable: true });
const next = await generateKeyPair("RS256", { extractable: true });
const jwk = async (pair: CryptoKeyPair, kid: string) => ({ ...(await exportJWK(pair.publicKey)), kid, alg: "RS256" });

/** What the issuer publishes, and how often it was asked. */
const published: { keys: unknown[]; asked: number } = { keys: [], asked: 0 };
const clock = { nowMs };
const people = createPeopleStore(env.DB);
const doorOf = () =>
  createAccessDoor({
    issuer,
    audience,
    readKeys: async () => {
      published.asked += 1;
      return { keys: published.keys };
    },
    people,
    now: () => clock.nowMs,
  });
let call: ReturnType<typeof caller>;

interface Claims {
  readonly [claim: string]: unknown;
}
const right: Claims = {
  iss: issuer,
  aud: [audience],
  email: "Ann@Books.example",
  iat: nowS,
  exp: nowS + 600,
  sub: "u1",
};

const signed = (claims: Claims = {}, key = ours.privateKey, header: object = {}) =>
  new SignJWT({ ...right, ...claims }).setProtectedHeader({ alg: "RS256", kid: "k1", ...header }).sign(key);

const as = (assertion: string, method = "GET", path = "/me", headers: Record<string, string> = {}) =>
  call(method, path, {
    token: null,
    headers: { "cf-access-jwt-assertion": assertion, ...headers },
    ...(method === "GET" ? {} : { body: {} }),
  });

const part = (value: object) =>
  btoa(JSON.stringify(value)).replaceAll("=", "").replaceAll("+", "-").replaceAll("/", "_");

beforeAll(async () => {
  await migrate();
  await people.set({ person: "ann@books.example", site: "bookshop", roles: ["author"] }, nowMs);
  await people.set({ person: "service:pipeline.access", site: "*", roles: ["viewer"] }, nowMs);
});
beforeEach(async () => {
  published.keys = [await jwk(ours, "k1")];
  published.asked = 0;
  clock.nowMs = nowMs;
  call = caller(controlPorts({ doors: { ...knownTokens(), access: doorOf() } }));
});

describe("somebody whom Access knows", () => {
  it("has the roles that the table gives their address", async ({ expect }) => {
    const { status, json } = await as(await signed());
    expect([status, json]).toEqual([
      200,
      { id: "person:ann@books.example", name: "ann@books.example", kind: "person", roles: { bookshop: ["author"] } },
    ]);
    expect((await as(await signed(), "GET", "/sites/other/draft")).status).toBe(403);
  });

  it("may nothing while nobody has given them a role", async ({ expect }) => {
    const stranger = await signed({ email: "eve@books.example" });
    expect((await as(stranger)).json.roles).toEqual({});
    expect((await as(stranger, "GET", "/sites")).json.sites).toEqual([]);
    expect((await as(stranger, "GET", "/sites/bookshop/draft")).status).toBe(403);
  });

  it("may be a service, by its client id", async ({ expect }) => {
    const service = await signed({ email: undefined, common_name: "pipeline.access" });
    expect((await as(service)).json).toMatchObject({ id: "service:pipeline.access", kind: "machine" });
  });

  it("loses a role within half a minute", async ({ expect }) => {
    await people.set({ person: "bo@books.example", site: "bookshop", roles: ["viewer"] }, nowMs);
    const bo = await signed({ email: "bo@books.example" });
    expect((await as(bo, "GET", "/sites/bookshop/weights")).status).toBe(200);
    await people.set({ person: "bo@books.example", site: "bookshop", roles: [] }, nowMs);
    clock.nowMs += 30_000;
    expect((await as(bo, "GET", "/sites/bookshop/weights")).status).toBe(403);
  });

  it("changes nothing on the word of another site's page; a program may", async ({ expect }) => {
    const path = "/sites/bookshop/draft";
    const put = async (headers: Record<string, string>) => (await as(await signed(), "PUT", path, headers)).status;
    expect(await put({ origin: "https://evil.example" })).toBe(403);
    expect(await put({ origin: "null" })).toBe(403);
    expect(await put({ "sec-fetch-site": "cross-site" })).toBe(403);
    expect(await put({ "sec-fetch-site": "same-site", origin: "https://books.example" })).toBe(403);
    expect(await put({ "sec-fetch-site": "same-origin", origin: "https://books.example" })).toBe(422);
    expect(await put({})).toBe(422);
  });
});

it("another site's link makes nobody look at a visitor", async ({ expect }) => {
  await people.set({ person: "oz@books.example", site: "bookshop", roles: ["operator"] }, nowMs);
  const oz = await signed({ email: "oz@books.example" });
  const path = "/sites/bookshop/visitors/night-reader-000000002?reason=because";
  expect((await as(oz, "GET", path, { "sec-fetch-site": "cross-site" })).status).toBe(403);
  expect((await as(oz, "GET", path, { "sec-fetch-site": "same-origin" })).status).toBe(404);
});

describe("an assertion is refused", () => {
  const bad: readonly (readonly [string, () => Promise<string> | string, string])[] = [
    ["signed by another's key", () => signed({}, theirs.privateKey), "can't be verified"],
    [
      "signed by another's key under a kid of ours",
      () => signed({}, theirs.privateKey, { kid: "k1" }),
      "can't be verified",
    ],
    ["for another application", () => signed({ aud: ["another"] }), "can't be verified"],
    ["for no application", () => signed({ aud: undefined }), "can't be verified"],
    ["of another team", () => signed({ iss: "https://evil.cloudflareaccess.com" }), "can't be verified"],
    ["of no issuer", () => signed({ iss: undefined }), "can't be verified"],
    ["expired", () => signed({ iat: nowS - 900, exp: nowS - 60 }), "has expired"],
    ["that never expires", () => signed({ exp: undefined }), "can't be verified"],
    ["of no time", () => signed({ iat: undefined }), "can't be verified"],
    ["not valid yet", () => signed({ nbf: nowS + 600 }), "can't be verified"],
    ["by a key that nobody knows", () => signed({}, theirs.privateKey, { kid: "k9" }), "can't be verified"],
    ["that names nobody", () => signed({ email: undefined }), "can't be verified"],
    ["that names no address", () => signed({ email: "*" }), "can't be verified"],
    ["whose address is a list", () => signed({ email: ["ann@books.example"] }), "can't be verified"],
    ["without a signature", async () => `${(await signed()).split(".").slice(0, 2).join(".")}.`, "can't be verified"],
    ["with alg none", () => `${part({ alg: "none", kid: "k1" })}.${part(right)}.`, "can't be verified"],
    ["with alg None", () => `${part({ alg: "None", kid: "k1" })}.${part(right)}.`, "can't be verified"],
    ["with a changed claim", async () => changed(await signed()), "can't be verified"],
    ["with the public key as HMAC secret", () => confused(), "can't be verified"],
    ["by another algorithm of the same family", () => rs512(), "can't be verified"],
    ["with a key of its own in the header", () => ownKey(), "can't be verified"],
    [
      "with a critical extension",
      () => signed({}, ours.privateKey, { crit: ["x"], x: 1 }).catch(() => "a.b.c"),
      "can't be verified",
    ],
    ["that is none", () => "nonsense", "can't be verified"],
    ["that is empty parts", () => "..", "can't be verified"],
  ];

  it.for(bad)("%s", async ([, make, says], { expect }) => {
    const { status, headers, json } = await as(await make());
    expect([status, headers.get("content-type")]).toEqual([401, "application/problem+json"]);
    expect(json.detail).toContain(says);
  });

  it("in a deployment without Access, however good", async ({ expect }) => {
    call = caller(controlPorts());
    expect((await as(await signed())).status).toBe(401);
  });

  it("beside a bad token, however good: a token is not made good by it", async ({ expect }) => {
    expect((await as(await signed(), "GET", "/me", { authorization: "Bearer nothing" })).status).toBe(401);
    expect((await as("nonsense", "GET", "/me", { authorization: `Bearer ${operator}` })).status).toBe(200);
  });
});

describe("the issuer's keys", () => {
  it("are asked for once an hour", async ({ expect }) => {
    for (let one = 0; one < 3; one += 1) expect((await as(await signed())).status).toBe(200);
    expect(published.asked).toBe(1);
    clock.nowMs += 3600_000;
    const later = { iat: nowS + 3600, exp: nowS + 4000 };
    expect((await as(await signed(later))).status).toBe(200);
    expect(published.asked).toBe(2);
  });

  it("are asked for again when a new one is used, and not for each that is invented", async ({ expect }) => {
    await as(await signed());
    clock.nowMs += 31_000;
    published.keys = [await jwk(ours, "k1"), await jwk(next, "k2")];
    expect((await as(await signed({}, next.privateKey, { kid: "k2" }))).status).toBe(200);
    for (const kid of ["k3", "k4", "k5"])
      expect((await as(await signed({}, theirs.privateKey, { kid }))).status).toBe(401);
    expect(published.asked).toBe(2);
  });

  it("that can't be had turn nobody into a stranger", async ({ expect }) => {
    published.keys = "nothing" as never;
    expect((await as(await signed())).status).toBe(503);
  });
});

async function changed(token: string): Promise<string> {
  const [header, , signature] = token.split(".");
  return `${header}.${part({ ...right, email: "boss@books.example" })}.${signature}`;
}

/** CVE-2015-9235: a verifier that believes the header takes the public key for a shared secret. */
async function confused(): Promise<string> {
  const secret = new TextEncoder().encode(JSON.stringify(await exportJWK(ours.publicKey)));
  return new SignJWT(right).setProtectedHeader({ alg: "HS256", kid: "k1" }).sign(secret);
}

async function rs512(): Promise<string> {
  const pair = await generateKeyPair("RS512", { extractable: true });
  published.keys = [{ ...(await exportJWK(pair.publicKey)), kid: "k1" }];
  return new SignJWT(right).setProtectedHeader({ alg: "RS512", kid: "k1" }).sign(pair.privateKey);
}

/** CVE-2018-0114: a verifier that takes the key from the header. */
const ownKey = async (): Promise<string> =>
  signed({}, theirs.privateKey, { kid: "k1", jwk: await exportJWK(theirs.publicKey) });
