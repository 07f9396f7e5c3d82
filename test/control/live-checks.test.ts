import { beforeAll, describe, it } from "vitest";
import { migrate } from "../store/migrated.ts";
import { caller, controlPorts, siteFile } from "./api.ts";

const asked: string[] = [];
/** The website: a front page, a page that is gone, one without end; and the web. */
const pages: Record<string, () => Response | Promise<Response>> = {
  "https://origin.example/": () => html("<div id=hero><h1>Books</h1></div><p class=offer>1</p><p class=offer>2</p>"),
  "https://origin.example/endless": () => html(endless()),
  "https://origin.example/slow": () => new Promise(() => {}),
  "https://cdn.example/there.png": () => new Response("png"),
};
const html = (body: BodyInit) => new Response(body, { headers: { "content-type": "text/html" } });
const endless = () => {
  let chunks = 0;
  return new ReadableStream({
    pull: (controller) => {
      chunks += 1;
      controller.enqueue(new TextEncoder().encode(`<p class=offer>${"x".repeat(100_000)}</p>`));
    },
    cancel: () => void asked.push(`cancelled after ${chunks < 100}`),
  });
};
const website = {
  allowPrivate: false,
  fetch: async (request: Request) => {
    asked.push(`${request.method} ${request.url}`);
    const answer = pages[request.url]?.() ?? new Response("gone", { status: 404 });
    const late = new Promise<never>((_, reject) =>
      request.signal.addEventListener("abort", () => reject(new Error("late"))),
    );
    return Promise.race([answer, late]);
  },
};
const call = caller(controlPorts({ website }));
const sets = (selector: string, routes: unknown[] = ["/"], value = "Hello") => ({
  kind: "rollout",
  routes,
  variants: { on: { operations: [{ selector, action: "setHtml", value }] } },
});
const apply = (site: string, experiences: object) =>
  call("PUT", `/sites/${site}/draft`, { body: siteFile(site, { experiences }) });
const check = (site: string, body: object = {}) => call("POST", `/sites/${site}/draft/checks`, { body });

beforeAll(migrate);

describe("checks against the live website", () => {
  it("count what selectors find, and warn of those that find nothing", async ({ expect }) => {
    await apply("counted", { hero: sets("#hero h1, .offer"), banner: sets("#banner") });
    const { json } = await check("counted");
    expect(json.pages).toEqual([{ path: "/", status: 200, matches: { "#hero h1, .offer": 3, "#banner": 0 } }]);
    expect([json.publishable, json.problems]).toEqual([
      true,
      [
        expect.objectContaining({
          path: "/experiences/banner",
          message: '"#banner" is found on none of its pages: /.',
        }),
      ],
    ]);
  });

  it("ask the pages that can be known, within bounds of number, size and time", { timeout: 30_000 }, async ({
    expect,
  }) => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`e${at}`, sets(".a", [`/p${at}`])]));
    await apply("bounded", {
      ...many,
      a: sets(".offer", ["/endless"]),
      b: sets(".offer", ["/slow", "/books/:id", { path: "/", query: { q: "*" } }]),
    });
    const startMs = Date.now();
    const { json } = await check("bounded");
    expect(Date.now() - startMs).toBeLessThan(12_000);
    expect([json.pages.length, json.leftOut]).toEqual([20, 13]);
    await apply("endless", { a: sets(".offer", ["/endless"]), b: sets(".offer", ["/slow"]) });
    const two = (await check("endless")).json;
    expect(two.pages[0].matches[".offer"]).toBeLessThan(30);
    expect(two.problems).toContainEqual(expect.objectContaining({ message: "The website does not answer for /slow." }));
  });

  it("follow links of content, and never into a private network", async ({ expect }) => {
    const links = [
      "https://cdn.example/there.png",
      "https://cdn.example/gone.png",
      "http://169.254.169.254/latest/meta-data",
    ];
    const value = `${links.map((src) => `<img src="${src}">`).join("")}<a href="/nowhere">x</a><a href="/{{ context.city }}">y</a>`;
    await apply("links", { hero: sets("#hero h1", ["/"], value) });
    asked.length = 0;
    const { json } = await check("links");
    expect(json.links).toEqual([
      { url: links[0], status: 200 },
      { url: links[1], status: 404 },
      { url: links[2], status: null },
      { url: "https://origin.example/nowhere", status: 404 },
    ]);
    expect(asked.join()).not.toContain("169.254");
    expect(json.problems.map(({ message }: { message: string }) => message)).toEqual([
      "https://cdn.example/gone.png answers 404.",
      `${links[2]} does not answer.`,
      "https://origin.example/nowhere answers 404.",
    ]);
  });

  it("are warnings of a publish, reasons against it when strict, and left out when asked", async ({ expect }) => {
    await apply("strict", { banner: sets("#banner") });
    const strict = await call("POST", "/sites/strict/releases", { body: { checks: "strict" } });
    expect([strict.status, strict.json.problems.length]).toEqual([422, 1]);
    expect((await call("POST", "/sites/strict/reviews", { body: { checks: "strict" } })).status).toBe(422);
    const live = await call("POST", "/sites/strict/releases");
    expect([live.status, live.json.problems.map(({ severity }: { severity: string }) => severity)]).toEqual([
      201,
      ["warning"],
    ]);
    asked.length = 0;
    const none = await call("POST", "/sites/strict/releases", { body: { checks: "none" } });
    expect([none.json.problems, asked]).toEqual([[], []]);
  });
});
