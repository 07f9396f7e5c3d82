import { beforeAll, describe, it } from "vitest";
import { migrate } from "../store/migrated.ts";
import { api, browser, deployed, form, json, logIn, page, secret, tokenWith } from "./browser.ts";

beforeAll(migrate);

describe("the pages", () => {
  it("allow nothing inline, nothing from elsewhere, and no frame", async ({ expect }) => {
    const { headers, text } = await browser()("GET", "/_caramel/", page);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:|data:/);
    expect(text).not.toMatch(/<script|<style| style=| on\w+=/);
    const others = [
      "x-content-type-options",
      "x-frame-options",
      "referrer-policy",
      "cross-origin-opener-policy",
      "cache-control",
    ];
    expect(others.map((name) => headers.get(name))).toEqual([
      "nosniff",
      "DENY",
      "same-origin",
      "same-origin",
      "no-store",
    ]);
    expect(headers.get("strict-transport-security")).toBe("max-age=31536000");
    expect((await browser()("GET", "/_caramel/static/control.css")).headers.get("content-type")).toContain("text/css");
  });

  it("print names as text", async ({ expect }) => {
    const { token } = await tokenWith({ name: "<img src=x onerror=alert(1)>", roles: ["viewer"] });
    const ask = browser();
    const { cookie } = await logIn(ask, token);
    const { text } = await ask("GET", "/_caramel/", { ...page, cookie });
    expect(text).toContain("&lt;img src=x");
    expect(text).not.toContain("<img");
  });

  it("know their methods", async ({ expect }) => {
    for (const [method, path, allow] of [
      ["POST", "/_caramel/", "GET"],
      ["GET", "/_caramel/login", "POST"],
      ["GET", "/_caramel/logout", "POST"],
    ] as const) {
      const { status, headers } = await browser()(method, path, page);
      expect([status, headers.get("allow")]).toEqual([405, allow]);
    }
  });
});

describe("the control plane's host", () => {
  const addresses = [
    "/_caramel/",
    "/_caramel",
    "/_caramel/login",
    "/_caramel/logout",
    "/_caramel/static/control.css",
    api("/sites"),
    api("/nowhere"),
    "/_caramel/api/",
  ];

  it("is the only one that has it", async ({ expect }) => {
    const ask = browser();
    for (const path of addresses) {
      for (const method of ["GET", "POST"]) {
        const headers = { authorization: `Bearer ${secret}` };
        const { status, text } = await ask(
          method,
          `https://books.example${path}`,
          headers,
          method === "POST" ? "{}" : undefined,
        );
        expect([path, status, JSON.parse(text).detail]).toEqual([path, 404, "There is nothing at this address."]);
      }
    }
    expect((await ask("GET", api("/sites"), { authorization: `Bearer ${secret}` })).status).toBe(200);
  });

  it("has no website", async ({ expect }) => {
    const ask = browser();
    expect((await ask("GET", "/")).headers.get("location")).toBe("/_caramel/");
    for (const path of ["/books", "/_caramel/events", "/_caramel/me", "/robots.txt"])
      expect((await ask("GET", path)).status).toBe(404);
  });

  it("without one, the API is on every host, and no browser logs in but in development", async ({ expect }) => {
    const { CONTROL_HOST: _, ...everywhere } = deployed();
    const ask = browser(everywhere);
    expect(
      (await ask("GET", `https://books.example${api("/sites")}`, { authorization: `Bearer ${secret}` })).status,
    ).toBe(200);
    const origin = { ...page, origin: "https://books.example" };
    expect((await ask("POST", "https://books.example/_caramel/login", origin, form(secret))).status).toBe(404);
    expect((await ask("GET", "https://books.example/_caramel/", origin)).text).toContain("CONTROL_HOST");
    const { cookie } = await logIn();
    expect((await ask("GET", `https://books.example${api("/me")}`, { cookie })).status).toBe(401);
    const local = browser({ ...everywhere, ALLOW_PRIVATE_ORIGINS: "true" });
    const localPage = { ...page, origin: "http://localhost:8787" };
    expect((await local("POST", "http://localhost:8787/_caramel/login", localPage, form(secret))).status).toBe(303);
  });
});

describe("a token that sends events", () => {
  it("is good for that on its own site, as nobody else's token is", async ({ expect }) => {
    const ask = browser();
    const headers = { ...json, authorization: `Bearer ${secret}` };
    const file = { site: "bookshop", hosts: ["bookshop.example"], origin: "https://origin.example" };
    expect((await ask("PUT", api("/sites/bookshop/draft"), headers, JSON.stringify(file))).status).toBe(200);
    expect((await ask("POST", api("/sites/bookshop/releases"), headers)).status).toBe(201);
    const send = async (token: string) => {
      const event = { id: "e1", name: "order", time: new Date().toISOString(), visitor: "night-reader-000000002" };
      const authorized = { ...json, authorization: `Bearer ${token}` };
      const body = JSON.stringify({ events: [event] });
      return (await ask("POST", "https://bookshop.example/_caramel/events", authorized, body)).status;
    };
    expect(await send((await tokenWith({ roles: ["ingest"] })).token)).toBe(202);
    expect(await send((await tokenWith({ roles: ["viewer", "author", "approver"] })).token)).toBe(401);
    const other = await ask(
      "POST",
      api("/sites/other/tokens"),
      headers,
      JSON.stringify({ name: "x", roles: ["ingest"] }),
    );
    expect(await send(JSON.parse(other.text).token)).toBe(401);
    const gone = await tokenWith({ roles: ["ingest"] });
    await ask("DELETE", api(`/sites/bookshop/tokens/${gone.id}`), headers);
    expect(await send(gone.token)).toBe(401);
  });
});
