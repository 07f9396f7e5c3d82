import { beforeAll, describe, it } from "vitest";
import { type Action, actions } from "../../src/control/access.ts";
import { endpoints, generalEndpoints } from "../../src/control/control.ts";
import type { Grants, Scope } from "../../src/core/roles.ts";
import { migrate } from "../store/migrated.ts";
import { bookshopOnly, caller, controlPorts, knownTokens, operator, siteFile } from "./api.ts";

/** Who may what, written down a second time: a slip in the first is seen here. */
const expected: Record<Action, readonly Scope[]> = {
  read: ["viewer", "author", "approver", "operator"],
  edit: ["author"],
  submit: ["author"],
  approve: ["approver"],
  publish: ["approver", "operator"],
  rollback: ["operator"],
  rollout: ["operator"],
  kill: ["operator"],
  learn: ["operator"],
  visitors: ["operator"],
  preview: ["author", "approver", "operator"],
  ingest: ["operator", "ingest"],
  tokens: ["operator"],
  secrets: ["operator"],
  audit: ["approver", "operator"],
};
const scopes: readonly Scope[] = ["viewer", "author", "approver", "operator", "ingest"];

const call = caller();
const concrete = (path: string, site: string) =>
  path
    .replace(":site", site)
    .replace(":release", "r_0123456789abcdef0123")
    .replace(":visitor", "visitor-00000000000001")
    .replace(":person", "ann@books.example")
    .replace(/:\w+/, "nothing");

/** The admin API as it is for somebody with these roles. */
function as(grants: Grants) {
  const doors = knownTokens({ "a-token-of-somebody-in-a-test": grants });
  const one = caller(controlPorts({ doors }));
  return (method: string, path: string) =>
    one(method, path, { token: "a-token-of-somebody-in-a-test", ...(method === "GET" ? {} : { body: {} }) });
}

const table = [...endpoints, ...generalEndpoints];
const named = table.map((endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint] as const);

beforeAll(migrate);
beforeAll(async () => {
  await call("PUT", "/sites/bookshop/draft", { body: siteFile("bookshop") });
  await call("PUT", "/sites/other/draft", { body: siteFile("other") });
});

it("every action is allowed to somebody, by the same table as here", ({ expect }) => {
  expect([...actions].sort()).toEqual(Object.keys(expected).sort());
});

describe("each address of the table", () => {
  it.for(named)(
    "%s opens for the roles of its action on its site, and for no other",
    async ([, endpoint], { expect }) => {
      const { action, method, path } = endpoint;
      const everybody: readonly Scope[] = scopes;
      const allowed = action === "anyone" ? everybody : expected[action];
      const isGeneral = !path.startsWith("/sites/:site");
      for (const scope of scopes) {
        const grants: Grants = isGeneral ? { "*": [scope] } : { bookshop: [scope] };
        const { status, json } = await as(grants)(method, concrete(path, "bookshop"));
        expect(status === 403, `${scope} ${status} ${JSON.stringify(json)}`).toBe(!allowed.includes(scope));
        expect(status, `${scope}`).not.toBe(401);
      }
    },
  );

  it.for(named.filter(([, { action }]) => action !== "anyone"))(
    "%s opens neither for another site's roles, nor for none",
    async ([, { method, path }], { expect }) => {
      const everything = [...scopes];
      for (const grants of [{}, { other: everything }, { bookshopx: everything }, { "": everything }]) {
        expect((await as(grants)(method, concrete(path, "bookshop"))).status).toBe(403);
      }
      // A site's own operator has nothing to say about the deployment.
      if (!path.startsWith("/sites/"))
        expect((await as({ bookshop: everything })(method, concrete(path, ""))).status).toBe(403);
    },
  );

  it.for(named)("%s answers no other method", async ([, { path }], { expect }) => {
    const known = table.filter((endpoint) => endpoint.path === path).map(({ method }) => method as string);
    for (const method of ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"].filter((one) => !known.includes(one))) {
      const { status, headers } = await call(method, concrete(path, "bookshop"));
      expect([method, status, headers.get("allow")]).toEqual([method, 405, [...new Set(known)].sort().join(", ")]);
    }
  });
});

describe("without a valid token", () => {
  const everything = [
    ["GET", "/nowhere"],
    ["PATCH", "/sites"],
    ["OPTIONS", "/sites/bookshop/draft"],
    ["GET", "/explain"],
    ...table.map(({ method, path }) => [method, concrete(path, "bookshop")]),
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
      expect(json.detail).toBe("Send a valid token: Authorization: Bearer <token>.");
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
      expect((await call(method, concrete(path, "*"), sent)).status).toBe(403);
    },
  );
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
