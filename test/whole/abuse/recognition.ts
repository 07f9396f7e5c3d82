import { describe, it } from "vitest";
import { valuesOf } from "../hostile-origin/raw-client.ts";
import { type Attacked, attacker, header, link, signed, visit, visitorIn } from "./attacker.ts";
import { pages } from "./site.ts";

/** Pretending to be somebody else. */
export function abuseOfRecognition(site: Attacked): void {
  const { ask } = attacker(site);

  describe("cookies", () => {
    it("of ours are HttpOnly, first-party and kept from other sites' requests", async ({ expect }) => {
      const cookie = header(await ask("/"), "set-cookie");
      expect(cookie).toMatch(/^caramel=[\w.-]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
    });

    it("that are ours are believed: the test's own signature is right", async ({ expect }) => {
      const answer = await ask("/", `Cookie: caramel=${signed(visit({ f: 1, n: [1, 1, 1] }))}`);
      expect(visitorIn(answer)).toBe("visitor-known-0000001");
    });

    it.for([
      ["unsigned", (): string => Buffer.from(visit()).toString("base64url")],
      ["signed with another key", () => signed(visit(), "visit", "another key of at least 32 characters")],
      ["signed for another purpose", () => signed(visit(), "visit-link")],
      ["signed with an empty key", () => signed(visit(), "visit", "")],
      ["with its payload changed", () => signed(visit()).replace(/^.../, "eyK")],
      ["with its signature cut short", () => signed(visit()).slice(0, -2)],
      ["with its signature dropped", () => `${signed(visit()).split(".")[0]}.`],
      ["with two dots", () => `${signed(visit())}.x`],
      ["of another site", () => signed(visit({ w: "blog" }))],
      ["of another shape", () => signed(visit({ s: 99 }))],
      ["with a visitor that is markup", () => signed(visit({ v: "<script>alert(1)</script>" }))],
      ["with a visitor that is an object", () => signed(visit({ v: { toString: 1 } }))],
      ["with a prototype", () => signed('{"__proto__":{"v":"visitor-known-0000001"},"s":1,"w":"shop"}')],
      ["that is no JSON", () => signed("constructor")],
      ["that is a number", () => signed("1e999")],
      ["deeply nested", () => signed(`${"[".repeat(600)}${"]".repeat(600)}`)],
      ["that is 15 KB long", () => "a".repeat(15_000)],
      ["that is percent-encoded", () => signed(visit()).replace(/^e/, "%65")],
      ["that is empty", (): string => ""],
      ["that is there twice", () => `${signed(visit())}; caramel=${signed(visit({ v: "visitor-other-0000002" }))}`],
    ] as const)("%s make a new visitor, who sees the page", async ([, value], { expect }) => {
      const answer = await ask("/", `Cookie: a=1; caramel=${value()}; b=2`);
      expect(answer.status).toBe(200);
      expect(answer.body.toString()).toContain("<h1>Hello</h1>");
      expect(visitorIn(answer)).toMatch(/^[\w-]{22}$/);
      expect(valuesOf(answer, "set-cookie")).toHaveLength(1);
    });

    it("of the origin reach it, and ours does no harm there", async ({ expect }) => {
      await ask("/", "Cookie: session=abc; caramel=<script>");
      expect(site().got()[0]?.headers.cookie).toContain("session=abc");
    });
  });

  describe("visit links", () => {
    it("open the site as their visitor, once, and take the token out of the address", async ({ expect }) => {
      const answer = await ask(`/?a=1&caramel_visit=${link()}&b=2`);
      expect([answer.status, header(answer, "location")]).toEqual([302, "/?a=1&b=2"]);
      expect(visitorIn(answer)).toBe("visitor-known-0000001");
      expect([header(answer, "cache-control"), header(answer, "referrer-policy")]).toEqual([
        "private, no-store",
        "no-referrer",
      ]);
      expect(site().got()).toEqual([]);
    });

    it.for([
      ["an expired one", (): string => link({ x: Date.now() - 1 })],
      ["one that never expires", () => link({ x: "never" })],
      ["one of another site", () => link({ w: "blog" })],
      ["a changed one", () => link().replace(/^.../, "eyK")],
      ["a visit cookie in its place", () => signed(visit())],
      ["one with markup for a visitor", () => link({ v: '"><script>alert(1)</script>' })],
      ["an empty one", (): string => ""],
      ["15 KB of nothing", () => "a".repeat(15_000)],
      ["broken percent signs", (): string => "%zz%"],
    ] as const)("%s changes nobody and leads on to the page", async ([, token], { expect }) => {
      const answer = await ask(`/?caramel_visit=${token()}`);
      expect([answer.status, header(answer, "location")]).toEqual([302, "/"]);
      expect(valuesOf(answer, "set-cookie")).toEqual([]);
    });

    it.for(["//evil.example/", "/\\evil.example/", "/%5cevil.example/", "///evil.example", "/\t/evil.example/"])(
      "never lead from %j to another host",
      async (path, { expect }) => {
        const answer = await ask(`${path}?caramel_visit=${link()}`);
        expect(header(answer, "location")).not.toMatch(/^(?:[\\/]{2}|https?:|[\\/]\t)/);
        expect(answer.status).toBeLessThan(500);
      },
    );

    it("do not open drafts: a preview token that is not ours is only a query", async ({ expect }) => {
      const answer = await ask("/?caramel_preview=eyJhbGciOiJub25lIn0.e30.");
      expect([answer.status, answer.body.toString()]).toEqual([200, pages["/"]?.replace("Books", "Hello")]);
    });
  });
}
