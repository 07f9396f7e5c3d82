import { createHmac } from "node:crypto";
import { describe, it } from "vitest";
import type { VisitorId } from "../../src/core/ids.ts";
import { handle } from "../../src/edge/handle.ts";
import { cookieAfter, edgeWith, everyone, htmlAnswer, nowMs, originHtml, pageRequest, secret } from "./ports.ts";

const halves = (changes: Record<string, unknown>, routes: unknown = ["/"]) => ({
  experiences: {
    hero: { kind: "experiment", routes, variants: { control: { weight: "50%" }, warm: { weight: "50%", ...changes } } },
  },
});

const header = (name: string, value: string) => ({ operations: [{ header: name, action: "set", value }] });

describe("response headers", () => {
  it("are set, and their exposure is recorded in every arm alike", async ({ expect }) => {
    const { edge, seen } = edgeWith({ file: halves(header("x-theme", "night")) });
    const themes = new Set<string | null>();
    for (let round = 0; round < 24; round += 1) {
      const response = await handle(pageRequest("/"), edge);
      themes.add(response.headers.get("x-theme"));
      expect(response.headers.get("cache-control")).toBe("private, no-store");
      expect(await response.text()).toBe(originHtml);
    }
    await seen.settled();
    expect(themes).toEqual(new Set([null, "night"]));
    const exposures = seen.sent.flatMap((envelope) => envelope.exposures);
    expect(exposures).toHaveLength(24);
    expect(new Set(exposures.map(({ variant }) => variant))).toEqual(new Set(["control", "warm"]));
  });

  it("whose value cannot be made are left out, and all others act", async ({ expect }) => {
    const operations = [
      {
        header: "x-bad",
        action: "set",
        value: "{% for i in (1..100000) %}{% for j in (1..100000) %}x{% endfor %}{% endfor %}",
      },
      { header: "x-good", action: "set", value: "yes" },
    ];
    const file = { experiences: { hero: { kind: "rollout", routes: ["/"], variants: { on: { operations } } } } };
    const { edge, seen } = edgeWith({ file });
    const response = await handle(pageRequest("/"), edge);
    expect([response.headers.get("x-bad"), response.headers.get("x-good")]).toEqual([null, "yes"]);
    expect(seen.failures.map(({ stage }) => stage)).toEqual(["render"]);
  });

  it("never carry a value that would begin another header", async ({ expect }) => {
    const operations = [{ header: "x-from", action: "set", value: "{{ context.query.from }}" }];
    const file = { experiences: { hero: { kind: "rollout", routes: ["/"], variants: { on: { operations } } } } };
    const { edge } = edgeWith({ file });
    const response = await handle(pageRequest("/?from=a%0d%0aset-cookie:%20x=1"), edge);
    expect(response.headers.get("x-from")).toBeNull();
    expect(response.headers.getSetCookie()).toHaveLength(1);
  });

  it("of error pages and redirects of the origin are the origin's own", async ({ expect }) => {
    for (const status of [301, 404, 500]) {
      const answer = () => new Response("x", { status, headers: { "cache-control": "max-age=9" } });
      const { edge, seen } = edgeWith({ file: halves(header("x-theme", "night")), answer });
      const response = await handle(pageRequest("/", { "user-agent": "Googlebot" }), edge);
      await seen.settled();
      expect([response.headers.get("x-theme"), response.headers.get("cache-control")]).toEqual([null, "max-age=9"]);
      expect(seen.sent).toEqual([]);
    }
  });
});

/** As a server-rendered site would check it, with nothing of ours: the snippet of docs/decisions-header.md. */
function read(value: string) {
  const key = createHmac("sha256", secret).update("caramel.decisions").digest("base64url");
  const [payload = "", signature] = value.split(".");
  const expected = createHmac("sha256", key).update(`decisions.${payload}`).digest("base64url");
  return signature === expected ? JSON.parse(Buffer.from(payload, "base64url").toString()) : null;
}

describe("the decision, told to the origin", () => {
  const told = { ...everyone, decisionsHeader: true };

  it("is signed, names the variants and says nothing of the visitor", async ({ expect }) => {
    const { edge, seen } = edgeWith({ file: told });
    await handle(pageRequest("/"), edge);
    const [[name, value] = ["", ""]] = seen.asked[0]?.target?.headers ?? [];
    expect(name).toBe("x-caramel-decisions");
    expect(read(value)).toEqual({ site: "shop", at: nowMs / 1000, given: { hero: "on" } });
    expect(read(`${value.slice(0, 10)}x${value.slice(11)}`)).toBeNull();
  });

  it("is not told unless the site asks for it, and never of somebody who declined", async ({ expect }) => {
    const silent = edgeWith();
    await handle(pageRequest("/"), silent.edge);
    const declined = edgeWith({ file: told });
    await handle(pageRequest("/", { "sec-gpc": "1" }), declined.edge);
    const asked = [...silent.seen.asked, ...declined.seen.asked];
    expect(asked.map(({ target }) => target?.headers)).toEqual([[], []]);
  });

  it("is left out when it cannot be signed: the page goes out all the same", async ({ expect }) => {
    const sign = () => Promise.reject(new Error("a bug of ours"));
    for (const decisionsSigner of [null, { sign, open: async () => null }]) {
      const { edge, seen } = edgeWith({ file: told, decisionsSigner });
      expect(await (await handle(pageRequest("/"), edge)).text()).toContain("Hello");
      expect(seen.asked.map(({ target }) => target?.headers)).toEqual([[]]);
      expect(seen.failures.map(({ stage }) => stage)).toEqual(["decisions-header"]);
    }
  });
});

describe("an error page", () => {
  const answer = (status: number) => () => {
    const response = htmlAnswer();
    return new Response(response.body, { status, headers: response.headers });
  };
  const errors = { experiences: { hero: { ...everyone.experiences.hero, routes: [{ path: "/", errors: true }] } } };

  it.for([404, 410, 500, 503])("%i changes only where a route asks for it", async (status, { expect }) => {
    const asked = edgeWith({ file: errors, answer: answer(status) });
    const changed = await handle(pageRequest("/"), asked.edge);
    expect([changed.status, await changed.text()]).toEqual([status, originHtml.replace("Books", "Hello")]);
    const plain = await handle(pageRequest("/"), edgeWith({ answer: answer(status) }).edge);
    expect([plain.status, await plain.text()]).toEqual([status, originHtml]);
  });

  it("of ours, when the origin cannot be reached, is nobody's to change", async ({ expect }) => {
    const ours = () => htmlAnswer(originHtml, { "x-caramel": "bypass;origin_timeout" });
    const { edge } = edgeWith({
      file: errors,
      answer: () => new Response(originHtml, { status: 504, headers: ours().headers }),
    });
    expect(await (await handle(pageRequest("/"), edge)).text()).toBe(originHtml);
  });

  it("leaves redirects alone", async ({ expect }) => {
    const { edge } = edgeWith({ file: errors, answer: answer(302) });
    expect(await (await handle(pageRequest("/"), edge)).text()).toBe(originHtml);
  });
});

describe("HEAD", () => {
  const about = [
    "content-length",
    "etag",
    "last-modified",
    "accept-ranges",
    "cache-control",
    "content-type",
    "x-theme",
  ];
  const told = (response: Response) => about.map((name) => [name, response.headers.get(name)]);
  const origin = { "content-length": String(originHtml.length), "last-modified": "Mon, 23 Nov 2026 00:00:00 GMT" };

  it("answers with headers that are true of what GET gives", async ({ expect }) => {
    const variants = {
      on: {
        operations: [{ selector: "h1", action: "setText", value: "Hi" }, ...header("x-theme", "night").operations],
      },
    };
    const file = { experiences: { hero: { kind: "rollout", routes: ["/"], variants } } };
    const cookie = cookieAfter(await handle(pageRequest("/"), edgeWith({ file }).edge));
    const get = await handle(
      pageRequest("/", { cookie }),
      edgeWith({ file, answer: () => htmlAnswer(originHtml, origin) }).edge,
    );
    const headOnly = () =>
      new Response(null, { headers: { ...origin, "content-type": "text/html; charset=utf-8", etag: '"1"' } });
    const head = edgeWith({ file, answer: headOnly });
    const response = await handle(pageRequest("/", { cookie }, "HEAD"), head.edge);
    await head.seen.settled();
    expect(told(response)).toEqual(told(get));
    expect(response.headers.get("content-length")).toBeNull();
    expect(head.seen.sent).toEqual([]);
  });

  it("keeps the origin's headers where nothing can change", async ({ expect }) => {
    const { edge } = edgeWith({
      answer: () => new Response(null, { headers: { ...origin, "content-type": "text/html" } }),
    });
    const response = await handle(pageRequest("/elsewhere", {}, "HEAD"), edge);
    expect(response.headers.get("content-length")).toBe(origin["content-length"]);
  });
});

describe("a page and the data it asks for", () => {
  const routes = [{ path: "/" }, { path: "/api/home", surface: "json" }];
  const operations = [
    { selector: "h1", action: "setText", value: "Warm" },
    { pointer: "/title", action: "set", value: "Warm" },
  ];
  const answerFor = (url: string) => (url.includes("/api/") ? Response.json({ title: "Books" }) : htmlAnswer());

  it("get the same decision, so that navigation in the page shows what a reload would", async ({ expect }) => {
    const both = new Set<string>();
    for (let round = 0; round < 16; round += 1) {
      let url = "";
      const { edge, seen } = edgeWith({
        file: halves({ operations }, routes),
        answer: () => answerFor(url),
        newVisitorId: () => crypto.randomUUID() as VisitorId,
      });
      const ask = async (path: string, cookie = "") => {
        url = path;
        return handle(pageRequest(path, cookie === "" ? {} : { cookie }), edge);
      };
      const page = await ask("/");
      const data = await ask("/api/home", cookieAfter(page));
      const [pageText, dataText] = [await page.text(), await data.text()];
      expect(dataText.includes("Warm")).toBe(pageText.includes("Warm"));
      both.add(dataText);
      await seen.settled();
      expect(new Set(seen.sent.flatMap(({ exposures }) => exposures.map(({ variant }) => variant))).size).toBe(1);
    }
    expect(both.size).toBe(2);
  });
});

describe("what operators see of requests", () => {
  it("counts each by how it was answered, and why we stood aside", async ({ expect }) => {
    const { edge, seen } = edgeWith();
    await handle(pageRequest("/"), edge);
    await handle(pageRequest("/elsewhere"), edge);
    await handle(pageRequest("/", { "sec-gpc": "1" }), edge);
    const unmatched = edgeWith({ answer: () => htmlAnswer("<p>x") });
    await (await handle(pageRequest("/"), unmatched.edge)).text();
    await unmatched.seen.settled();
    expect(seen.answered).toEqual(["personalised", "passed", "bypassed gpc"]);
    expect(unmatched.seen.answered).toEqual(["decided"]);
    expect(unmatched.seen.looks).toMatchObject([{ experience: "hero", place: "h1", found: false }]);
  });

  it("includes a timing of ours and of the origin's, where the site asks", async ({ expect }) => {
    let clockMs = nowMs;
    const answer = () => {
      clockMs += 40;
      return htmlAnswer();
    };
    const { edge } = edgeWith({ file: { ...everyone, serverTiming: true }, answer, now: () => clockMs });
    const timing = (await handle(pageRequest("/"), edge)).headers.get("server-timing");
    expect(timing).toBe('caramel;dur=0;desc="hero=on", origin;dur=40');
    expect((await handle(pageRequest("/"), edgeWith().edge)).headers.get("server-timing")).toBeNull();
  });

  it("never shows a negative time when the clock is set back", async ({ expect }) => {
    let clockMs = nowMs;
    const answer = () => {
      clockMs -= 5000;
      return htmlAnswer();
    };
    const { edge } = edgeWith({ file: { ...everyone, serverTiming: true }, answer, now: () => clockMs });
    expect((await handle(pageRequest("/"), edge)).headers.get("server-timing")).toBe(
      'caramel;dur=0;desc="hero=on", origin;dur=0',
    );
  });
});
