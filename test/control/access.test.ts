import { beforeAll, describe, it } from "vitest";
import { endpoints } from "../../src/control/control.ts";
import { sha256 } from "../../src/control/sha256.ts";
import { createAuthenticator, deployment, operatorToken } from "../../src/control/tokens.ts";
import { migrate } from "../store/migrated.ts";
import { bookshopOnly, caller, controlPorts, operator, siteFile } from "./api.ts";

const call = caller();
const concrete = (path: string, site: string) =>
  path
    .replace(":site", site)
    .replace(":release", "r_0123456789abcdef0123")
    .replace(":visitor", "visitor-00000000000001");

beforeAll(migrate);
beforeAll(async () => {
  await call("PUT", "/sites/bookshop/draft", { body: siteFile("bookshop") });
  await call("PUT", "/sites/other/draft", { body: siteFile("other") });
});

describe("without a valid token", () => {
  const everything = [
    ["GET", "/sites"],
    ["GET", "/nowhere"],
    ...endpoints.map(({ method, path }) => [method, concrete(path, "bookshop")]),
  ];

  it.for(everything as [string, string][])("%s %s answers 401 and nothing else", async ([method, path], { expect }) => {
    for (const token of [
      null,
      "",
      "wrong-token-of-32-charactersxxxx",
      `${operator}x`,
      operator.slice(1),
      "x".repeat(2000),
    ]) {
      const { status, headers, json } = await call(method, path, { token, ...(method === "GET" ? {} : { body: {} }) });
      expect([status, headers.get("www-authenticate"), json.status]).toEqual([401, 'Bearer realm="caramel"', 401]);
      expect(headers.get("content-type")).toBe("application/problem+json");
    }
  });

  it.for([
    operator,
    `Basic ${operator}`,
    `Bearer  ${operator}`,
    `Bearer ${operator} ${operator}`,
    `Bearer ${operator},`,
    `Bearer`,
    `bearer\t${operator}`,
  ])("the header %j is none", async (authorization, { expect }) => {
    expect((await call("GET", "/sites", { token: null, headers: { authorization } })).status).toBe(401);
  });

  it("a cookie or a query does not help", async ({ expect }) => {
    const headers = { cookie: `token=${operator}` };
    expect((await call("GET", `/sites?access_token=${operator}`, { token: null, headers })).status).toBe(401);
  });
});

describe("a token of one site", () => {
  it("opens that site", async ({ expect }) => {
    expect((await call("GET", "/sites/bookshop/draft", { token: bookshopOnly })).status).toBe(200);
    const { json } = await call("GET", "/sites", { token: bookshopOnly });
    expect(json.sites.map(({ site }: { site: string }) => site)).toEqual(["bookshop"]);
  });

  it.for(endpoints.map(({ method, path }) => [method, path] as const))(
    "%s %s is the same 403 for somebody else's site and for none",
    async ([method, path], { expect }) => {
      const sent = { token: bookshopOnly, ...(method === "GET" ? {} : { body: {} }) };
      const theirs = await call(method, concrete(path, "other"), sent);
      const nobodys = await call(method, concrete(path, "nobody"), sent);
      const malformed = await call(method, concrete(path, "No%20Key"), sent);
      expect([theirs.status, theirs.json]).toEqual([403, nobodys.json]);
      expect(malformed.status).toBe(403);
    },
  );
});

describe("the operator's secret", () => {
  it("opens nothing when it is missing or can be guessed", async ({ expect }) => {
    for (const secret of [undefined, "", "short"]) {
      const authenticate = createAuthenticator(() => operatorToken(secret, sha256), sha256);
      expect(await authenticate(secret ?? "")).toBeNull();
    }
  });

  it("opens everything when it is long and right", async ({ expect }) => {
    const authenticate = createAuthenticator(() => operatorToken(operator, sha256), sha256);
    expect(await authenticate(operator)).toEqual(deployment);
  });
});

it("says nothing of what went wrong inside", async ({ expect }) => {
  const reported: unknown[] = [];
  const broken = controlPorts({ report: (error) => reported.push(error) });
  const failing = caller({
    ...broken,
    drafts: { ...broken.drafts, read: () => Promise.reject(new Error("D1 secret")) },
  });
  const { status, json } = await failing("GET", "/sites/bookshop/draft");
  expect([status, json.title]).toEqual([500, "Something went wrong"]);
  expect(JSON.stringify(json)).not.toContain("secret");
  expect(reported).toHaveLength(1);
});
