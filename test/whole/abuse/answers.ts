import { describe, it } from "vitest";
import { exchange, get, valuesOf } from "../hostile-origin/raw-client.ts";
import { type Attacked, attacker, header, visitorIn } from "./attacker.ts";
import { pages } from "./site.ts";

/** Getting something into a page, a cache or another visitor's answer. */
export function abuseOfAnswers(site: Attacked): void {
  const { ask, send } = attacker(site);

  describe("what a visitor writes is never markup, code or a header", () => {
    const payloads = [
      "<script>alert(1)</script>",
      '"><img src=x onerror=alert(1)>',
      "'><svg/onload=alert(1)>",
      "</script><script>alert(1)</script>",
      "<!--<script>",
      "--><svg onload=alert(1)>",
      "]]><b>",
      "javascript:alert(1)",
      "{{ 7 | times: 7 }}",
      "{% include 'x' %}",
      "&lt;script&gt;",
      "\u2028\u2029",
      "a\r\nSet-Cookie: x=1\r\n\r\n<b>",
      "\u0000\u001b[31m",
      "\ud83d\ude00 ünïcödé",
      "</title></textarea></style>",
    ];

    it.for(payloads)("%j in a page", async (payload, { expect }) => {
      const answer = await ask(`/search?q=${encodeURIComponent(payload)}`);
      const text = answer.body.toString();
      expect(answer.status).toBe(200);
      const tags = (html: string) => (html.match(/<[a-z!/]/gi) ?? []).length;
      // One <b> is the author's own.
      expect(tags(text)).toBe(tags(pages["/search"] ?? "") + 2);
      expect(text.replaceAll(/"[^"]*"/g, '""')).not.toMatch(/<[^>]*\son\w+\s*=/i);
      const data = /<script id="data"[^>]*>(.*?)<\/script>/s.exec(text)?.[1] ?? "";
      expect(JSON.parse(data).q).toBe(payload);
      expect(data).not.toMatch(/[<\u2028\u2029]/);
      expect(/<a href="([^"]*)"/.exec(text)?.[1]).toMatch(/^\/s\?q=[\w.!~*'()%-]*$/);
      expect(text).not.toContain(">49<");
      expect(valuesOf(answer, "set-cookie")).toHaveLength(1);
      expect(text.endsWith('<p id="end">end</p>')).toBe(true);
    });

    it.for(payloads)("%j in a document", async (payload, { expect }) => {
      const answer = await ask(`/api/home?q=${encodeURIComponent(payload)}`);
      expect(JSON.parse(answer.body.toString())).toEqual({ q: payload });
      expect(header(answer, "content-type")).toMatch(/^application\/json/);
    });

    it.for(payloads)("%j in a redirect", async (payload, { expect }) => {
      for (const [path, to] of [
        ["/go", "/summer"],
        ["/away", "https://eu.example/start"],
      ]) {
        const answer = await ask(`${path}?q=${encodeURIComponent(payload)}&caramel_preview=secret`);
        const location = header(answer, "location");
        expect([answer.status, location.split("?")[0]]).toEqual([302, to]);
        expect(location).toMatch(/^[!#-;=?-~]*$/);
        // The visit, and the end of a preview that was none.
        expect(valuesOf(answer, "set-cookie").filter((cookie) => !/^caramel\w*=/.test(cookie))).toEqual([]);
        if (path === "/away") expect(location).not.toContain("secret");
      }
    });

    it.for(["<b>", '"', "'", "\\", "{", "|", "^", "`"])("%s raw in the address", async (raw, { expect }) => {
      const answer = await ask(`/go?q=${raw}x`);
      // The platform itself refuses some of them.
      if (answer.status !== 400) expect(header(answer, "location")).toMatch(/^\/summer\?q=[!#-;=?-~]*x$/);
      expect([302, 400]).toContain(answer.status);
    });
  });

  describe("caches", () => {
    const kept = ["etag", "last-modified", "accept-ranges", "age", "expires"];
    it.for([
      ["a condition", 'If-None-Match: "origins-own"'],
      ["a date", "If-Modified-Since: Mon, 23 Nov 2026 00:00:00 GMT"],
      ["a range", "Range: bytes=0-9"],
      ["a range if unchanged", 'If-Range: "origins-own"\r\nRange: bytes=0-9'],
      ["a wish to be cached", "Cache-Control: max-stale=99999"],
    ] as const)("get nothing to keep of a personalised page: %s", async ([, field], { expect }) => {
      const answer = await ask("/", field);
      expect([answer.status, answer.body.toString()]).toEqual([200, pages["/"]?.replace("Books", "Hello")]);
      expect(header(answer, "cache-control")).toBe("private, no-store");
      for (const name of kept) expect(header(answer, name), name).toBe("");
    });

    it("get nothing to keep of redirects and served pages", async ({ expect }) => {
      for (const path of ["/go", "/away", "/split"]) {
        const answer = await ask(path);
        expect(header(answer, "cache-control"), path).toBe("private, no-store");
        expect(header(answer, "etag")).toBe("");
      }
    });

    it("keep assets as the origin says, and can ask for them as ever", async ({ expect }) => {
      const full = await ask("/static/app.js");
      expect([full.status, header(full, "cache-control"), header(full, "etag")]).toEqual([
        200,
        "public, max-age=31536000, immutable",
        '"origins-own"',
      ]);
      expect(valuesOf(full, "set-cookie")).toEqual([]);
      expect((await ask("/static/app.js", 'If-None-Match: "origins-own"')).status).toBe(304);
      const part = await ask("/static/app.js", "Range: bytes=0-2");
      expect([part.status, part.body.toString()]).toEqual([206, "let"]);
    });

    it.for(["/static/app.js/..%2f..%2f", "/static/app.js%00.html", "/;/static/app.js", "/.css", "/x/nothing.css"])(
      "cannot be made to keep a page by calling it %s",
      async (path, { expect }) => {
        const answer = await ask(path);
        expect(answer.body.toString()).not.toContain("Hello");
        expect(valuesOf(answer, "set-cookie")).toEqual([]);
      },
    );
  });

  describe("much of anything", () => {
    it.for([
      ["8 KB of query", `/search?q=${"x".repeat(8000)}`],
      ["3 000 parameters", `/?${"a=1&".repeat(3000)}`],
      ["a path of 500 segments", `/${"a/".repeat(500)}`],
      ["nested brackets", `/?${"a[".repeat(500)}`],
    ] as const)("%s in the address", async ([, target], { expect }) => {
      const answer = await ask(target);
      expect([200, 404]).toContain(answer.status);
      expect(site().got()).toHaveLength(1);
    });

    it("300 headers and 20 KB of cookies", async ({ expect }) => {
      const fields = Array.from({ length: 300 }, (_, index) => `X-H${index}: ${index}`);
      const answer = await ask("/", ...fields, `Cookie: ${"c=1; ".repeat(4000)}caramel=x`);
      // Node's own origin refuses headers over 16 KB; nothing of ours may add to that.
      expect([200, 431]).toContain(answer.status);
    });

    it("a 5 MB body goes to the origin as it came", async ({ expect }) => {
      const body = "x".repeat(5_000_000);
      await send(`POST / HTTP/1.1\r\nHost: books.example\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      expect(
        site()
          .got()
          .map(({ bytes }) => bytes),
      ).toEqual([5_000_000]);
    });

    it("60 visitors at once: nobody gets what another wrote, or another's cookie", async ({ expect }) => {
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, index) => exchange(site().port, get(`/search?q=visitor-${index}-`))),
      );
      for (const [index, answer] of answers.entries()) {
        const written = [...answer.body.toString().matchAll(/visitor-(\d+)-/g)].map((found) => Number(found[1]));
        expect(new Set(written)).toEqual(new Set([index]));
      }
      expect(new Set(answers.map(visitorIn)).size).toBe(60);
    });
  });
}
