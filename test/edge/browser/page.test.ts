import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { consume } from "../../../src/collect/consume.ts";
import type { VisitorId } from "../../../src/core/ids.ts";
import type { PageAnswer } from "../../../src/core/page-operation.ts";
import { pageDoor } from "../../../src/edge/browser/door.ts";
import { handle } from "../../../src/edge/handle.ts";
import { createSigner } from "../../../src/http/signed.ts";
import { delivery } from "../../collect/deliveries.ts";
import { consumerStores } from "../../collect/visitors-door.ts";
import { migrate } from "../../store/migrated.ts";
import { cookieAfter, edgeWith, nowMs, pageRequest, secret } from "../ports.ts";

beforeAll(migrate);

const exposureSigner = createSigner(secret, "exposure");
const book = { routes: ["/books/*"], kind: "experiment" };
const file = {
  audiences: { rich: { when: { "context.query.plan": "gold-secret-rule" } } },
  experiences: {
    words: {
      ...book,
      variants: {
        control: { weight: "50%" },
        warm: { weight: "50%", operations: [{ selector: "h1", action: "setText", value: "Warm & <b>" }] },
      },
    },
    many: {
      kind: "personalization",
      routes: ["/all"],
      variants: {
        on: {
          operations: [
            { selector: "a", action: "setAttribute", name: "href", value: "/to?q={{ context.query.q }}" },
            { selector: ".x", action: "remove" },
            { selector: ".y", action: "addClass", value: "new" },
            { selector: ".z", action: "append", value: "<b>{{ context.query.q }}</b>" },
            { selector: ".w", action: "setAttribute", name: "href", value: "{{ context.query.bad }}" },
          ],
        },
      },
    },
    gold: {
      kind: "personalization",
      routes: ["/books/*"],
      audience: "rich",
      variants: { on: { operations: [{ selector: ".gold", action: "removeClass", value: "hidden" }] } },
    },
  },
};

function site(given: Parameters<typeof edgeWith>[0] = {}) {
  const { edge, seen } = edgeWith({ file, exposureSigner, ...given });
  const ask = async (path: string, headers: HeadersInit = {}) => {
    const address = `/_caramel/page?path=${encodeURIComponent(path)}`;
    const response = await pageDoor(pageRequest(address, { "sec-fetch-site": "same-origin", ...headers }), edge);
    return { response, cookie: cookieAfter(response), answer: (await response.clone().json()) as PageAnswer };
  };
  const report = (found: unknown, cookie: string, headers: HeadersInit = {}) => {
    const init = {
      method: "POST",
      body: JSON.stringify(found),
      headers: { cookie, origin: "https://shop.example", ...headers },
    };
    return pageDoor(new Request("https://shop.example/_caramel/page", init), edge);
  };
  return { ask, report, edge, seen };
}

/** Cookies of visitors until each arm of the experiment has been met. */
async function bothArms(): Promise<readonly { readonly cookie: string; readonly answer: PageAnswer }[]> {
  const met = new Map<number, { cookie: string; answer: PageAnswer }>();
  const { ask } = site();
  for (let tries = 0; met.size < 2 && tries < 64; tries++) {
    const { answer, cookie } = await ask("/books/a");
    met.set(answer.parts[0]?.operations.length ?? 0, { answer, cookie });
  }
  return [...met.values()];
}

const onlyToken = ({ parts }: PageAnswer): string => parts[0]?.token ?? "";

describe("a single-page app that asks what its new page gets", () => {
  it("is told what a loaded page would have had done to it, and in every arm where to look", async ({ expect }) => {
    const arms = await bothArms();
    expect(arms.map(({ answer }) => answer.parts[0]?.watch)).toEqual([["h1"], ["h1"]]);
    const operations = arms.flatMap(({ answer }) => answer.parts[0]?.operations ?? []);
    expect(operations).toEqual([{ selector: "h1", act: "text", value: "Warm & <b>" }]);
    for (const { answer, cookie } of arms) {
      const page = await handle(pageRequest("/books/a", { cookie }), site().edge);
      expect((await page.text()).includes("Warm &amp; &lt;b&gt;")).toBe(answer.parts[0]?.operations.length === 1);
    }
  });

  it("gets values rendered and checked as pages do, and nothing of why", async ({ expect }) => {
    const { ask, seen } = site();
    const { answer, response } = await ask("/all?q=a%26b%3Ci%3E&bad=javascript:alert(1)");
    expect(answer.parts.flatMap(({ operations }) => operations)).toEqual([
      { selector: "a", act: "attribute", name: "href", value: "/to?q=a%26b%3Ci%3E" },
      { selector: ".x", act: "style", name: "display", value: "none!important" },
      { selector: ".y", act: "class", value: "new" },
      { selector: ".z", act: "append", value: "<b>a&#38;b&#60;i&#62;</b>" },
    ]);
    expect(response.headers.get("cache-control")).toBe("private, no-store");
    expect(seen.failures).toMatchObject([
      { stage: "render", what: expect.stringMatching(/^many: setAttribute \.w: /) },
    ]);
    const text = JSON.stringify((await site().ask("/books/a?plan=gold-secret-rule")).answer);
    expect(text).toContain(".gold");
    expect(text).not.toMatch(/gold-secret-rule|audience|rich/);
  });

  it("exposes nobody by asking, and once by finding, with the arm that was given", async ({ expect }) => {
    for (const { answer, cookie } of await bothArms()) {
      const { report, ask, seen } = site();
      await ask("/books/a", { cookie });
      await seen.settled();
      expect(seen.sent).toEqual([]);
      const told = await report({ found: [onlyToken(answer), onlyToken(answer)] }, cookie);
      expect(await told.json()).toEqual({ accepted: 1 });
      const arm = answer.parts[0]?.operations.length === 1 ? "warm" : "control";
      expect(seen.sent).toMatchObject([
        { exposures: [{ experience: "words", variant: arm, propensityBps: 5000, route: "/books/*", atMs: nowMs }] },
      ]);
      // The cookie knows it now: neither this way nor by a page is it sent again.
      const next = cookieAfter(told);
      expect((await ask("/books/b", { cookie: next })).answer.parts.map(({ token }) => token)).not.toContain(
        expect.anything(),
      );
      expect(await (await report({ found: [onlyToken(answer)] }, next)).json()).toEqual({ accepted: 0 });
      await consume(
        seen.sent.map((body) => delivery(structuredClone(body))),
        consumerStores,
        nowMs,
      );
      const { results } = await env.VISITORS.prepare("SELECT variant FROM exposures WHERE visitor = ?")
        .bind(seen.sent[0]?.visitor ?? "")
        .all();
      expect(results).toEqual([{ variant: arm }]);
    }
  });

  it("can't report what its visitor was not given", async ({ expect }) => {
    const [one] = await bothArms();
    const token = onlyToken(one?.answer ?? { parts: [] });
    const { report, ask, seen, edge } = site({ newVisitorId: () => "a-stranger-00000000001" as VisitorId });
    const stranger = (await ask("/books/a")).cookie;
    const later = site({ now: () => nowMs + 3_700_000 });
    const tries = [
      await report({ found: [token] }, stranger),
      await report({ found: [`${token}x`, token.replace(/^./, "A"), "", "a.b"] }, one?.cookie ?? ""),
      await report({ found: [await edge.signer?.sign('[1,"shop"]')] }, one?.cookie ?? ""),
      await report({ found: [token] }, ""),
      await report({ found: [token] }, one?.cookie ?? "", { "sec-gpc": "1" }),
      await later.report({ found: [token] }, one?.cookie ?? ""),
    ];
    for (const answer of tries) expect(await answer.json()).toEqual({ accepted: 0 });
    for (const found of [{ found: [7] }, { found: Array(51).fill(token) }, [], "x"])
      expect((await report(found, one?.cookie ?? "")).status).toBe(400);
    expect((await report({ found: [token] }, one?.cookie ?? "", { origin: "https://evil.example" })).status).toBe(403);
    expect([...seen.sent, ...later.seen.sent]).toEqual([]);
  });

  it("is answered 503, and nothing is noted, when the queue is away", async ({ expect }) => {
    const [one] = await bothArms();
    const { report, seen } = site({ events: { send: () => Promise.reject(new Error("away")) } });
    const answer = await report({ found: [onlyToken(one?.answer ?? { parts: [] })] }, one?.cookie ?? "");
    expect(answer.status).toBe(503);
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(seen.failures).toMatchObject([{ stage: "emit" }]);
  });

  it("gets nothing for those who refuse, crawlers, and paths that nothing concerns", async ({ expect }) => {
    const { ask } = site();
    expect((await ask("/books/a", { "sec-gpc": "1" })).answer).toEqual({ parts: [] });
    expect((await ask("/books/a", { "user-agent": "Googlebot/2.1" })).answer).toEqual({ parts: [] });
    expect((await ask("/elsewhere")).answer).toEqual({ parts: [] });
    expect((await ask("/books/a", { "sec-gpc": "1" })).cookie).toBe("");
  });

  it("is refused to other sites' pages, and for what is no path", async ({ expect }) => {
    const { ask, seen } = site();
    expect((await ask("/books/a", { "sec-fetch-site": "cross-site" })).response.status).toBe(403);
    for (const path of ["", "books/a", "https://evil.example/", "/".padEnd(4001, "x")]) {
      expect((await ask(path)).response.status).toBe(400);
    }
    // Two slashes are a path of this host, as a browser that asked for it would say.
    expect((await ask("//evil.example/books/a")).answer).toEqual({ parts: [] });
    expect(seen.asked).toEqual([]);
    const put = await pageDoor(pageRequest("/_caramel/page", {}, "PUT"), site().edge);
    expect([put.status, put.headers.get("allow")]).toEqual([405, "GET, POST"]);
  });

  it("knows the page that was left as the one that led here", async ({ expect }) => {
    const from = {
      experiences: { many: { ...file.experiences.many, audience: { "context.referrer": { $regex: "from" } } } },
    };
    const { ask } = site({ file: from });
    expect((await ask("/all", { referer: "https://shop.example/from" })).answer.parts).toHaveLength(1);
    expect((await ask("/all", { referer: "https://shop.example/" })).answer.parts).toHaveLength(0);
  });
});

describe("the page that a single-page app begins with", () => {
  it("says what was done to it, so that what hydration undoes can be done again", async ({ expect }) => {
    const client = { src: "/_caramel/client.js?v=1", integrity: "sha384-AbC" };
    const quotes = { selector: "h1", action: "setText", value: "It's <“warm”> & {{ context.path }}" };
    const own = { kind: "personalization", routes: ["/"], variants: { on: { operations: [quotes] } } };
    const { edge } = site({ file: { client: "app", experiences: { own } }, client });
    const text = await (await handle(pageRequest("/"), edge)).text();
    const told = /data-app='([^']*)'/.exec(text)?.[1] ?? "";
    expect(told).toMatch(/^[ -~]+$/);
    const read = told.replaceAll("&#39;", "'").replaceAll("&amp;", "&");
    expect(JSON.parse(read)).toEqual([{ selector: "h1", act: "text", value: "It's <“warm”> & /" }]);
  });
});
