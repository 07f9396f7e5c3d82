import { afterAll, beforeAll, describe, it } from "vitest";
import { type Demo, startDemo } from "../../demo/server.ts";
import { type ScratchSite, startScratch } from "./scratch-site.ts";

/** The demo shop behind two processes that share nothing but their secrets and their configuration. */
const secrets = {
  VISIT_KEY: "a-visit-key-of-at-least-32-characters",
  ADMIN_TOKEN: "an-admin-token-of-at-least-32-characters",
};
let demo: Demo;
let sites: ScratchSite[] = [];

const operations = [
  { selector: "#hero h1", action: "setText", value: "Warm" },
  { pointer: "/heading", action: "set", value: "Warm" },
];
const configuration = (origin: string) => ({
  site: "shop",
  hosts: ["*"],
  origin,
  experiences: {
    words: {
      kind: "experiment",
      routes: ["/", { path: "/api/recommendations", surface: "json" }],
      variants: { control: {}, warm: { operations } },
    },
    fonts: {
      kind: "experiment",
      routes: ["/"],
      variants: { a: { operations: [{ header: "x-font", action: "set", value: "a" }] }, b: {}, c: {} },
    },
    about: { kind: "experiment", routes: ["/about"], variants: { control: {}, art: { serve: "/genre/art" } } },
    lost: {
      kind: "rollout",
      routes: [{ path: "/books/*", errors: true }],
      variants: { on: { operations: [{ selector: "h1", action: "setText", value: "Sold out" }] } },
    },
  },
});

beforeAll(async () => {
  demo = await startDemo({ port: 0 });
  const origin = `http://127.0.0.1:${demo.port}`;
  for (let count = 0; count < 2; count += 1) sites.push(await startScratch(configuration(origin), secrets));
});
afterAll(async () => {
  for (const site of sites) await site.stop();
  sites = [];
  await demo?.close();
});

const ask = async (path: string, headers: Record<string, string> = {}, at = 0, method = "GET") => {
  const response = await fetch(`http://127.0.0.1:${sites[at]?.port}${path}`, {
    headers: { "user-agent": "Mozilla/5.0 Firefox/140.0", ...headers },
    method,
    redirect: "manual",
  });
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(";")[0] ?? "")
    .filter((pair) => pair.startsWith("caramel="))
    .join("; ");
  return { status: response.status, headers: response.headers, text: await response.text(), cookie };
};

describe("navigation in the page", () => {
  it("shows what a reload would: the page and its data get the same decision, in every process", async ({ expect }) => {
    const seen = new Set<boolean>();
    for (let round = 0; round < 20; round += 1) {
      const page = await ask("/");
      const data = await ask("/api/recommendations", { cookie: page.cookie }, round % 2);
      const isWarm = page.text.includes(">Warm<");
      expect(JSON.parse(data.text).heading === "Warm").toBe(isWarm);
      expect((await ask("/", { cookie: page.cookie }, 1)).text.includes(">Warm<")).toBe(isWarm);
      seen.add(isWarm);
    }
    expect(seen.size).toBe(2);
  });
});

describe("a crawler", () => {
  const agents = [
    "Googlebot/2.1 (+http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0)",
    "DuckDuckBot/1.1",
  ];

  it("gets one stable page, in every process, and no cookie", async ({ expect }) => {
    const pages = await Promise.all(
      [...agents, ...agents].map((agent, index) => ask("/", { "user-agent": agent }, index % 2)),
    );
    expect(new Set(pages.map(({ text, headers }) => `${headers.get("x-font")} ${text}`)).size).toBe(1);
    expect(pages.flatMap(({ cookie }) => (cookie === "" ? [] : [cookie]))).toEqual([]);
  });
});

describe("another page under the visitor's URL", () => {
  it("is served to one arm and not to the other, each always the same", async ({ expect }) => {
    const titles = new Set<string>();
    for (let round = 0; round < 16; round += 1) {
      const page = await ask("/about");
      const again = await ask("/about", { cookie: page.cookie }, 1);
      const title = /<title>(.*?)<\/title>/.exec(page.text)?.[1] ?? "";
      expect(/<title>(.*?)<\/title>/.exec(again.text)?.[1]).toBe(title);
      expect(page.status).toBe(200);
      expect(page.headers.get("link")?.includes('rel="canonical"') ?? false).toBe(/Art/.test(title));
      titles.add(title);
    }
    expect(titles.size).toBe(2);
  });
});

describe("on workerd", () => {
  it("HEAD answers with the headers of GET, and without a length that GET would not have", async ({ expect }) => {
    for (const path of ["/", "/about", "/books/none"]) {
      const { cookie } = await ask(path);
      const [get, head] = [await ask(path, { cookie }), await ask(path, { cookie }, 0, "HEAD")];
      expect(head.status).toBe(get.status);
      const told = (headers: Headers) =>
        [...headers.keys()].filter(
          (name) =>
            !["connection", "date", "keep-alive", "transfer-encoding", "content-length", "set-cookie"].includes(name),
        );
      expect(told(head.headers), path).toEqual(told(get.headers));
      const length = head.headers.get("content-length");
      if (length !== null) expect(Number(length), path).toBe(Buffer.byteLength(get.text));
    }
  });

  it("an error page changes where a route asks for it, and stays an error", async ({ expect }) => {
    const { status, text } = await ask("/books/none");
    expect([status, text.includes(">Sold out<")]).toEqual([404, true]);
  });
});
