import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { longestDocumentBytes } from "../../src/core/config/document.ts";
import { migrate } from "../store/migrated.ts";
import { caller, siteFile } from "./api.ts";

const call = caller();
const put = (site: string, body: unknown, headers: Record<string, string> = {}) =>
  call("PUT", `/sites/${site}/draft`, { body, headers });

beforeAll(migrate);

describe("a draft", () => {
  it("is written, and read back as the file it was", async ({ expect }) => {
    const file = siteFile("written", { holdouts: { all: "5%" }, layers: { top: {} } });
    const written = await put("written", file);
    expect([written.status, written.headers.get("etag"), written.json]).toEqual([
      200,
      '"1"',
      { site: "written", revision: 1, problems: [] },
    ]);
    const read = await call("GET", "/sites/written/draft");
    expect(read.json).toEqual({ ...file, experiences: file.experiences });
    expect(read.headers.get("etag")).toBe('"1"');
    expect(read.headers.get("cache-control")).toBe("no-store");
  });

  it("that was read is not overwritten when somebody else was first", async ({ expect }) => {
    await put("edited", siteFile("edited"));
    expect((await put("edited", siteFile("edited", { holdout: "1%" }), { "if-match": '"1"' })).status).toBe(200);
    const late = await put("edited", siteFile("edited", { holdout: "2%" }), { "if-match": '"1"' });
    expect([late.status, late.json.revision, late.headers.get("content-type")]).toEqual([
      409,
      2,
      "application/problem+json",
    ]);
    expect((await call("GET", "/sites/edited/draft")).json.holdouts).toEqual({ all: "1%" });
    expect((await put("edited", siteFile("edited"), { "if-none-match": "*" })).status).toBe(409);
    expect((await put("edited", siteFile("edited"), { "if-match": "*" })).status).toBe(200);
    expect((await put("edited", siteFile("edited"), { "if-match": "W/7" })).status).toBe(400);
  });

  it("is never lost when twenty edit at once", async ({ expect }) => {
    await put("raced", siteFile("raced"));
    const all = Array.from({ length: 20 }, (_, i) =>
      put("raced", siteFile("raced", { holdout: `${i}%` }), { "if-match": '"1"' }),
    );
    const statuses = (await Promise.all(all)).map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array(19).fill(409)]);
  });

  it("with mistakes changes nothing, and every mistake is told", async ({ expect }) => {
    await put("kept", siteFile("kept"));
    const file = siteFile("kept", { holdouts: { all: { coverage: "5%", scope: ["heroo"] } } });
    file.experiences.hero.variants.on.operations[0] = { selector: "h1 ! p", action: "setText", value: "{{ x" };
    const { status, json } = await put("kept", file);
    expect([status, json.title, json.problems.length]).toEqual([422, "The configuration has mistakes", 3]);
    expect(json.problems.map(({ path }: { path: string }) => path)).toEqual([
      "/holdouts/all/scope/0",
      "/experiences/hero/variants/on/operations/0/selector",
      "/experiences/hero/variants/on/operations/0/value",
    ]);
    expect((await call("GET", "/sites/kept/draft")).headers.get("etag")).toBe('"1"');
  });

  it("is not taken for another site's, nor for an origin in a private network", async ({ expect }) => {
    expect((await put("one", siteFile("two"))).status).toBe(409);
    const inside = await put("one", siteFile("one", { origin: "http://127.0.0.1:8080" }));
    expect([inside.status, inside.json.problems[0].path]).toEqual([422, "/origin"]);
  });

  it("that was broken by SQL is told, not thrown", async ({ expect }) => {
    await put("sql", siteFile("sql"));
    expect((await call("GET", "/sites/sql/draft/check")).json).toEqual({ publishable: true, problems: [] });
    await env.DB.prepare("UPDATE experiences SET audience = 'nobody' WHERE site = 'sql'").run();
    const unknown = await call("GET", "/sites/sql/draft/check");
    expect([unknown.json.publishable, unknown.json.problems[0].message]).toEqual([
      false,
      'No audience is named "nobody".',
    ]);
    await env.DB.prepare("UPDATE experiences SET kind = 'guess' WHERE site = 'sql'").run();
    expect((await call("GET", "/sites/sql/draft/check")).json.publishable).toBe(false);
    expect((await call("GET", "/sites/sql/draft")).status).toBe(422);
    expect((await call("POST", "/sites/sql/releases")).status).toBe(422);
  });
});

describe("a request that can't be served", () => {
  const path = "/sites/bookshop/draft";
  it.for<[string, string, string, object, number]>([
    ["an unknown address", "GET", "/nothing", {}, 404],
    ["an unknown address below one", "GET", "/sites/bookshop/draft/x", {}, 404],
    ["an unknown site", "GET", "/sites/nobody/draft", {}, 404],
    ["a site that can't be", "GET", "/sites/A%00B/draft", {}, 404],
    ["an unknown method", "DELETE", path, {}, 405],
    ["a method of another address", "POST", "/sites", { body: {} }, 405],
    ["a form", "PUT", path, { raw: "a=1", headers: { "content-type": "application/x-www-form-urlencoded" } }, 415],
    ["no type at all", "PUT", path, { raw: new Uint8Array([123, 125]) }, 415],
    ["no body", "PUT", path, {}, 422],
    ["no JSON", "PUT", path, { raw: "{", headers: { "content-type": "application/json" } }, 400],
    [
      "no UTF-8",
      "PUT",
      path,
      { raw: new Uint8Array([0xff, 0xfe]), headers: { "content-type": "application/json" } },
      400,
    ],
    [
      "10 000 levels",
      "PUT",
      path,
      { raw: `${"[".repeat(10_000)}${"]".repeat(10_000)}`, headers: { "content-type": "application/json" } },
      422,
    ],
    [
      "a prototype",
      "PUT",
      path,
      { raw: '{"__proto__":{"site":"x"}}', headers: { "content-type": "application/json" } },
      422,
    ],
    [
      "too much",
      "PUT",
      path,
      { raw: " ".repeat(longestDocumentBytes + 1), headers: { "content-type": "application/json" } },
      413,
    ],
    [
      "deep traits",
      "PUT",
      "/sites/bookshop/visitors/visitor-00000000000001/traits",
      { raw: `{"a":${"[".repeat(10_000)}${"]".repeat(10_000)}}`, headers: { "content-type": "application/json" } },
      422,
    ],
  ])("with %s is told so as problem+json", async ([, method, address, sent, expected], { expect }) => {
    const { status, headers, json } = await call(method, address, sent);
    expect([status, headers.get("content-type"), json.status]).toEqual([
      expected,
      "application/problem+json",
      expected,
    ]);
    expect(json.detail.length).toBeGreaterThan(10);
    if (status === 405) expect(headers.get("allow")).toMatch(/GET/);
  });

  it("too long a stream is refused before it is read to its end", async ({ expect }) => {
    let sent = 0;
    const endless = new ReadableStream({
      pull: (controller) => {
        sent += 1;
        controller.enqueue(new Uint8Array(65_536).fill(32));
      },
    });
    const { status } = await call("PUT", path, { raw: endless, headers: { "content-type": "application/json" } });
    expect(status).toBe(413);
    expect(sent * 65_536).toBeLessThan(longestDocumentBytes + 1_000_000);
  });
});
