import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { sha256 } from "../../src/control/sha256.ts";
import { migrate } from "../store/migrated.ts";
import { api, browser, cookieIn, deployed, form, here, host, json, logIn, page, secret, tokenWith } from "./browser.ts";

beforeAll(migrate);

describe("logging in", () => {
  it("turns a token into a session that is told who it is, until it is logged out", async ({ expect }) => {
    const ask = browser();
    const { status, headers, cookie } = await logIn(ask);
    expect([status, headers.get("location")]).toEqual([303, "/_caramel/"]);
    expect((await ask("GET", "/_caramel/", { ...page, cookie })).text).toContain("You are <strong>operator</strong>");
    expect(JSON.parse((await ask("GET", api("/me"), { cookie })).text)).toMatchObject({ id: "deployment" });
    const out = await ask("POST", "/_caramel/logout", { ...page, cookie });
    expect([out.status, out.headers.getSetCookie()[0]]).toEqual([303, expect.stringContaining("Max-Age=0")]);
    expect((await ask("GET", api("/me"), { cookie })).status).toBe(401);
  });

  it("sets a cookie that no script, subdomain, plain http or other site's form has anything of", async ({ expect }) => {
    const { headers } = await logIn();
    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^__Host-caramel_session=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=43200$/,
      ),
    ]);
  });

  it("never adopts a name that the browser came with, and ends what it named (no fixation)", async ({ expect }) => {
    const ask = browser();
    const planted = `__Host-caramel_session=${"x".repeat(43)}`;
    const answer = await ask("POST", "/_caramel/login", { ...page, cookie: planted }, form(secret));
    const fresh = cookieIn(answer.headers);
    expect(fresh).not.toBe(planted);
    expect((await ask("GET", api("/me"), { cookie: planted })).status).toBe(401);
    const again = await ask("POST", "/_caramel/login", { ...page, cookie: fresh }, form(secret));
    expect(cookieIn(again.headers)).not.toBe(fresh);
    expect((await ask("GET", api("/me"), { cookie: fresh })).status).toBe(401);
    expect((await ask("GET", api("/me"), { cookie: cookieIn(again.headers) })).status).toBe(200);
  });

  it("keeps only the cookie's hash", async ({ expect }) => {
    const { cookie } = await logIn();
    const value = cookie.split("=")[1] ?? "";
    const rows = JSON.stringify((await env.DB.prepare("SELECT * FROM sessions").all()).results);
    expect(rows).not.toContain(value);
    expect(rows).toContain(await sha256(value));
  });

  it("is refused for what opens nothing, in the same words", async ({ expect }) => {
    const revoked = await tokenWith({ roles: ["viewer"] });
    const ask = browser();
    await ask("DELETE", api(`/sites/bookshop/tokens/${revoked.id}`), { authorization: `Bearer ${secret}` });
    const answers = await Promise.all(
      ["wrong-token-of-32-charactersxxxx", "", revoked.token].map((token) => logIn(browser(), token)),
    );
    expect(answers.map(({ status }) => status)).toEqual([401, 400, 401]);
    for (const { headers } of answers) expect(headers.getSetCookie()).toEqual([]);
    expect(answers[0]?.text).toBe(answers[2]?.text);
  });

  it("is refused for a token that only sends events", async ({ expect }) => {
    const { token } = await tokenWith({ roles: ["ingest"] });
    expect((await logIn(browser(), token)).status).toBe(403);
  });

  it("takes JSON, and answers it", async ({ expect }) => {
    const answer = await browser()("POST", "/_caramel/login", json, JSON.stringify({ token: secret }));
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, expect.objectContaining({ id: "deployment" })]);
    for (const body of ["{}", "[]", "{", '{"token":1}', JSON.stringify({ token: "x".repeat(5000) })])
      expect((await browser()("POST", "/_caramel/login", json, body)).status).toBe(400);
  });

  it("may be tried ten times a minute by one source, and as often for one token", async ({ expect }) => {
    const ask = browser();
    const statuses = [];
    for (let one = 0; one < 11; one += 1)
      statuses.push((await logIn(ask, `crml_${String(one).padStart(20, "0")}`)).status);
    expect(statuses).toEqual([...Array(10).fill(401), 429]);
    const limited = await ask("POST", "/_caramel/login", json, JSON.stringify({ token: secret }));
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "60"]);
    const deployment = deployed();
    const prefix = "crml_abcdefghijkl";
    const spread = [];
    for (let one = 0; one < 11; one += 1)
      spread.push((await logIn(browser(deployment, `198.51.100.${one}`), `${prefix}_${one}`.padEnd(40, "x"))).status);
    expect(spread).toEqual([...Array(10).fill(401), 429]);
  });
});

describe("a session", () => {
  it("ends with the token that opened it", async ({ expect }) => {
    const { token, id } = await tokenWith({ roles: ["viewer"], expiresInDays: 1 });
    // Isolates of their own, that have not seen the token within the last half minute.
    const { cookie } = await logIn(browser(deployed()), token);
    const me = async () => (await browser(deployed())("GET", api("/me"), { cookie })).status;
    expect(await me()).toBe(200);
    await browser()("DELETE", api(`/sites/bookshop/tokens/${id}`), { authorization: `Bearer ${secret}` });
    expect(await me()).toBe(401);
  });

  it("ends with its time, whatever the browser keeps", async ({ expect }) => {
    const { cookie } = await logIn();
    await env.DB.prepare("UPDATE sessions SET expires_at_ms = ?1 WHERE hash = ?2")
      .bind(Date.now(), await sha256(cookie.split("=")[1] ?? ""))
      .run();
    expect((await browser()("GET", api("/me"), { cookie })).status).toBe(401);
  });

  it("of the deployment's secret ends when that is changed", async ({ expect }) => {
    const { cookie } = await logIn();
    const changed = deployed({ ADMIN_TOKEN: "another-operators-token-of-32-chars" });
    expect((await browser(changed)("GET", api("/me"), { cookie })).status).toBe(401);
  });

  it.for([
    ["two of them", (one: string) => `${one}; ${one.slice(0, -1)}x`],
    ["one cut short", (one: string) => one.slice(0, -1)],
    ["under another name", (one: string) => one.replace("__Host-", "")],
    ["in quotes", (one: string) => `${one.replace("=", '="')}"`],
    ["its hash", () => `__Host-caramel_session=${"0".repeat(64)}`],
    ["nothing", () => "__Host-caramel_session="],
  ] as const)("is none with %s", async ([, alter], { expect }) => {
    const { cookie } = await logIn();
    expect((await browser()("GET", api("/me"), { cookie: alter(cookie) })).status).toBe(401);
  });
});

describe("a change by a session", () => {
  const cases: readonly (readonly [string, Record<string, string>, boolean])[] = [
    ["by our own page", { origin: here, "sec-fetch-site": "same-origin" }, true],
    ["by our own page of an old browser", { origin: here }, true],
    ["by another site's form", { origin: "https://evil.example", "sec-fetch-site": "cross-site" }, false],
    ["by another site's form of an old browser", { origin: "https://evil.example" }, false],
    ["by a page of the website beside us", { origin: "https://books.example", "sec-fetch-site": "same-site" }, false],
    ["by a host that begins like ours", { origin: `${here}.evil.example` }, false],
    ["by our host over plain http", { origin: `http://${host}` }, false],
    ["by our host on another port", { origin: `${here}:8443` }, false],
    ["by a sandboxed frame", { origin: "null", "sec-fetch-site": "cross-site" }, false],
    ["by a link that somebody followed", { "sec-fetch-site": "none" }, false],
    ["by whoever does not say", {}, false],
    ["by whoever says one thing and another", { origin: here, "sec-fetch-site": "cross-site" }, false],
  ];

  it.for(cases)("%s: %j", async ([, headers, isFine], { expect }) => {
    const ask = browser();
    const { cookie } = await logIn(ask);
    for (const [method, path] of [
      ["PUT", "/sites/bookshop/draft"],
      ["POST", "/sites/bookshop/tokens"],
      ["DELETE", "/tokens/nothing"],
    ] as const) {
      const { status } = await ask(method, api(path), { ...json, ...headers, cookie }, "{}");
      expect([method, status === 403]).toEqual([method, !isFine]);
    }
    const out = await ask("POST", "/_caramel/logout", { ...headers, cookie });
    expect(out.status).toBe(isFine ? 200 : 403);
    expect((await ask("GET", api("/me"), { cookie })).status).toBe(isFine ? 401 : 200);
  });

  it("is not made by a bearer token's absence: login too is refused to other sites (login CSRF)", async ({
    expect,
  }) => {
    const headers = { accept: "text/html", origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    const answer = await browser()("POST", "/_caramel/login", headers, form(secret));
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []]);
  });
});
