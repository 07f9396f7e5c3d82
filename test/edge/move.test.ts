import { describe, it } from "vitest";
import type { SiteKey } from "../../src/core/ids.ts";
import { decodeVisit } from "../../src/core/visit.ts";
import { handle } from "../../src/edge/handle.ts";
import { cookieAfter, edgeWith, htmlAnswer, originHtml, pageRequest, signer } from "./ports.ts";

/** Two arms, of which the second goes elsewhere. */
const split = (move: Record<string, string>, site: Record<string, unknown> = {}) => ({
  ...site,
  experiences: {
    home: {
      kind: "experiment",
      routes: ["/"],
      variants: { control: { weight: "50%" }, other: { weight: "50%", ...move } },
    },
  },
});

const all = (move: Record<string, string>, site: Record<string, unknown> = {}) => ({
  ...site,
  experiences: {
    home: { kind: "rollout", routes: [{ path: "/*", methods: ["GET", "HEAD", "POST"] }], variants: { on: move } },
  },
});

const visitorIn = async (response: Response) => {
  const text = await signer.open(cookieAfter(response).replace(/^[^=]+=/, ""));
  return decodeVisit(text ?? "", "shop" as SiteKey)?.visitor;
};

describe("a page served from another path", () => {
  it("comes under the visitor's URL, with their query, in one request", async ({ expect }) => {
    const { edge, seen } = edgeWith({ file: all({ serve: "/home-b" }) });
    const response = await handle(pageRequest("/?q=1"), edge);
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("private, no-store");
    expect(seen.asked.map(({ url, target }) => [url, target?.path])).toEqual([
      ["https://shop.example/?q=1", "/home-b"],
    ]);
  });

  it("tells search engines its own address, without what says how somebody came", async ({ expect }) => {
    const { edge } = edgeWith({ file: all({ serve: "/home-b" }) });
    const response = await handle(pageRequest("/list?page=2&utm_source=x&gclid=y"), edge);
    expect(response.headers.get("link")).toBe('<https://shop.example/list?page=2>; rel="canonical"');
    expect(await response.text()).toBe(originHtml);
  });

  it("has one canonical address: the page's own element is given the same", async ({ expect }) => {
    const answer = () => htmlAnswer('<title>B</title><link rel="Canonical" href="/home-b"><link rel=icon href=/i>');
    const { edge } = edgeWith({ file: all({ serve: "/home-b" }), answer });
    const response = await handle(pageRequest("/"), edge);
    expect(await response.text()).toBe(
      '<title>B</title><link rel="Canonical" href="https://shop.example/"><link rel=icon href=/i>',
    );
    expect(response.headers.get("link")).toBe('<https://shop.example/>; rel="canonical"');
  });

  it("keeps the canonical address that the origin sets by header", async ({ expect }) => {
    const link = '</main.css>; rel=preload, <https://shop.example/first>; rel="canonical"';
    const { edge } = edgeWith({ file: all({ serve: "/home-b" }), answer: () => htmlAnswer(originHtml, { link }) });
    expect((await handle(pageRequest("/"), edge)).headers.get("link")).toBe(link);
  });

  it("that is missing or broken at the origin goes out as it is, and is private", async ({ expect }) => {
    const headers = { "content-type": "text/html", "cache-control": "public, max-age=60" };
    const answer = () => new Response("no", { status: 404, headers });
    const { edge } = edgeWith({ file: all({ serve: "/home-b" }), answer });
    const response = await handle(pageRequest("/"), edge);
    expect([response.status, response.headers.get("link"), await response.text()]).toEqual([404, null, "no"]);
    expect(response.headers.get("cache-control")).toBe("private, no-store");
  });

  it("is the asked one when deciding fails", async ({ expect }) => {
    const newVisitorId = () => {
      throw new Error("a bug of ours");
    };
    const { edge, seen } = edgeWith({ file: all({ serve: "/home-b" }), newVisitorId });
    expect(await (await handle(pageRequest("/"), edge)).text()).toBe(originHtml);
    expect(seen.asked.map(({ target }) => target?.path)).toEqual([null]);
  });
});

describe("a redirect", () => {
  it("sends the browser on with its query and cookie, and does not ask the origin", async ({ expect }) => {
    const { edge, seen } = edgeWith({ file: all({ redirect: "/summer?from=home#top" }) });
    const response = await handle(pageRequest("/?q=1&from=me"), edge);
    expect(response.status).toBe(302);
    expect(response.headers.get("location")).toBe("/summer?from=home&q=1#top");
    expect(response.headers.get("cache-control")).toBe("private, no-store");
    expect(await visitorIn(response)).toBeDefined();
    expect(seen.asked).toEqual([]);
    expect(seen.answered).toEqual(["moved"]);
  });

  it("is not done to the very address asked for, however it is spelt", async ({ expect }) => {
    for (const [redirect, asked] of [
      ["/summer", "/summer"],
      ["/summer?a=1", "/summer?b=2&a=1"],
      ["/caf%c3%a9", "/caf%C3%A9"],
      ["https://shop.example/summer", "/summer"],
    ] as const) {
      const { edge } = edgeWith({ file: all({ redirect }, { hosts: ["shop.example"] }) });
      expect((await handle(pageRequest(asked), edge)).status, redirect).toBe(200);
    }
  });

  it("ends after one passage, wherever the same experience acts", async ({ expect }) => {
    const { edge } = edgeWith({ file: all({ redirect: "/summer?x=1" }) });
    const first = await handle(pageRequest("/?q=a%20b&x=2"), edge);
    const next = first.headers.get("location") ?? "";
    expect((await handle(pageRequest(next, { cookie: cookieAfter(first) }), edge)).status).toBe(200);
  });

  it("to another host needs the site's permission, and takes none of our tokens along", async ({ expect }) => {
    const away = "https://eu.example/start";
    const allowed = edgeWith({ file: all({ redirect: away }, { redirectHosts: ["eu.example"] }) });
    const response = await handle(pageRequest("/?a=1&caramel_preview=secret"), allowed.edge);
    expect(response.headers.get("location")).toBe("https://eu.example/start?a=1");
    const refused = edgeWith({ file: all({ redirect: away }) });
    expect((await handle(pageRequest("/"), refused.edge)).status).toBe(200);
    expect(refused.seen.failures.map(({ stage }) => stage)).toEqual(["move"]);
  });

  it.for([
    "//evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "https:evil.example",
    "https://evil.example",
    "https://eu.example@evil.example/",
    "https://eu.example:x@eu.example/",
    "https://eu.example\\@evil.example/",
    "/a\r\nset-cookie: x=1",
    "/{{ visitor.name }}",
    " /a",
    "relative",
  ])("to %j never goes out", async (redirect, { expect }) => {
    const { edge, seen } = edgeWith({ file: all({ redirect }, { redirectHosts: ["eu.example"] }) });
    const response = await handle(pageRequest("/"), edge);
    expect([response.status, response.headers.get("location")]).toEqual([200, null]);
    expect(seen.failures).toHaveLength(1);
  });

  it.for(["/?q=%0d%0aset-cookie:%20x=1", "/?q=<script>", '/?"><b>', "/?q=é"])(
    "cannot be bent by %s",
    async (path, { expect }) => {
      const { edge } = edgeWith({ file: all({ redirect: "/summer" }) });
      const location = (await handle(pageRequest(path), edge)).headers.get("location") ?? "";
      expect(location).toMatch(/^\/summer\?[!-;=?-~]*$/);
      expect(location).not.toMatch(/[<>"\s]/);
    },
  );

  it("is not done where something was sent: the page is the origin's", async ({ expect }) => {
    const { edge, seen } = edgeWith({ file: all({ redirect: "/summer" }) });
    const request = new Request("https://shop.example/", { method: "POST", body: "a=1" });
    expect((await handle(request, edge)).status).toBe(200);
    expect(seen.asked.map(({ target }) => target?.path)).toEqual([null]);
  });

  it("answers HEAD as GET, and counts nobody", async ({ expect }) => {
    const { edge, seen } = edgeWith({ file: all({ redirect: "/summer" }) });
    const response = await handle(pageRequest("/", {}, "HEAD"), edge);
    await seen.settled();
    expect([response.status, response.headers.get("location")]).toEqual([302, "/summer"]);
    expect(seen.sent).toEqual([]);
  });
});

describe("the exposure of a move", () => {
  it.for([
    ["served", { serve: "/home-b" }, 200],
    ["redirected", { redirect: "/summer" }, 200],
    ["served by an origin that fails", { serve: "/home-b" }, 503],
  ] as const)("is recorded in every arm alike: %s", async ([, move, status], { expect }) => {
    const { edge, seen } = edgeWith({ file: split(move), answer: () => new Response("x", { status }) });
    for (let round = 0; round < 24; round += 1) await (await handle(pageRequest("/"), edge)).text();
    await seen.settled();
    const exposures = seen.sent.flatMap((envelope) => envelope.exposures);
    expect(exposures).toHaveLength(24);
    expect(new Set(exposures.map(({ variant }) => variant))).toEqual(new Set(["control", "other"]));
  });

  it.for([{ "user-agent": "Googlebot/2.1" }, { "sec-purpose": "prefetch" }])(
    "is never recorded for %j",
    async (headers, { expect }) => {
      for (const move of [{ serve: "/home-b" }, { redirect: "/summer" }]) {
        const { edge, seen } = edgeWith({ file: all(move) });
        await (await handle(pageRequest("/", headers), edge)).text();
        await seen.settled();
        expect(seen.sent).toEqual([]);
      }
    },
  );
});
