import { describe, it } from "vitest";
import { valuesOf } from "../hostile-origin/raw-client.ts";
import { type Attacked, attacker, header, whole } from "./attacker.ts";
import { adminToken, pages, visitKey } from "./site.ts";

/** Pretending to come from elsewhere, or to elsewhere. */
export function abuseOfRequests(site: Attacked): void {
  const { ask, send } = attacker(site);

  describe("headers that claim something", () => {
    const claims = [
      "X-Forwarded-Host: evil.example",
      "X-Forwarded-Server: evil.example",
      "X-Forwarded-Proto: javascript",
      "X-Forwarded-Scheme: nothttps",
      "X-Forwarded-Port: 1337",
      "X-Forwarded-Prefix: /evil",
      "X-Forwarded-For: 6.6.6.6",
      "X-Real-IP: 6.6.6.6",
      "Forwarded: for=6.6.6.6;host=evil.example;proto=ftp",
      "X-Caramel-Decisions: eyJ9.AAAA",
    ];
    it.for(claims)(
      "%s: neither believed by us, nor told to the origin, nor in the answer",
      async (claim, { expect }) => {
        const answer = await ask("/split", claim);
        const [got] = site().got();
        const told = JSON.stringify(got?.headers);
        for (const trace of [
          "evil.example",
          "javascript",
          "nothttps",
          "1337",
          "/evil",
          "6.6.6.6",
          "ftp",
          "eyJ9.AAAA",
        ]) {
          expect(told, `the origin heard ${trace}`).not.toContain(trace);
          expect(whole(answer)).not.toContain(trace);
        }
        expect(got?.headers["x-forwarded-host"]).toBe("books.example");
        expect(header(answer, "link")).toBe('<http://books.example/split>; rel="canonical"');
      },
    );

    it.for([
      "X-Original-URL: /_caramel/api/v1/sites",
      "X-Rewrite-URL: /_caramel/api/v1/sites",
      "X-HTTP-Method-Override: DELETE",
      "X-Host: evil.example",
      "CF-Worker: evil.example",
      "X-Middleware-Subrequest: middleware",
    ] as const)("%s changes nothing of the page", async (claim, { expect }) => {
      const answer = await ask("/", claim);
      expect([answer.status, answer.body.toString()]).toEqual([200, pages["/"]?.replace("Books", "Hello")]);
      expect(
        site()
          .got()
          .map(({ method, url }) => `${method} ${url}`),
      ).toEqual(["GET /"]);
    });

    it("an answer of ours cannot be asked for by pretending to have been answered", async ({ expect }) => {
      const answer = await ask("/", "X-Caramel: bypass;killed", "Server-Timing: x");
      expect(answer.body.toString()).toContain("Hello");
      expect(header(answer, "x-caramel")).toBe("");
    });
  });

  describe("hosts", () => {
    it.for(["evil.example", "books.example.evil.example", "xbooks.example", "constructor", "__proto__"])(
      "%s is no site: the page is as it was, and nobody gets a cookie",
      async (host, { expect }) => {
        const answer = await send(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
        expect([answer.status, answer.body.toString()]).toEqual([200, pages["/"]]);
        expect(valuesOf(answer, "set-cookie")).toEqual([]);
      },
    );

    it.for(["BOOKS.example", "books.example:8443", "books.example."])(
      "%s is ours in another spelling",
      async (host, { expect }) => {
        const answer = await send(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
        expect(answer.body.toString()).toContain("Hello");
      },
    );

    it.for(["books.example/evil", "books.example@evil.example", "books.example#", "a b", 'x"><script>'])(
      "%j is none, and is not reflected",
      async (host, { expect }) => {
        const answer = await send(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
        expect(answer.status === 0 || answer.status === 400 || answer.status === 200).toBe(true);
        expect(whole(answer)).not.toContain("<script>");
        expect(
          site()
            .got()
            .every(({ url }) => url === "/"),
        ).toBe(true);
      },
    );
  });

  describe("methods", () => {
    it.for(["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PURGE", "PROPFIND"])(
      "%s on a page is the origin's to answer",
      async (method, { expect }) => {
        const answer = await send(`${method} / HTTP/1.1\r\nHost: books.example\r\nContent-Length: 5\r\n\r\nabcde`);
        expect(answer.body.toString()).toBe(pages["/"]);
        expect(
          site()
            .got()
            .map(({ bytes, ...got }) => [got.method, got.url, bytes]),
        ).toEqual([[method, "/", 5]]);
      },
    );

    it("HEAD promises what GET gives: no length, no validator, nothing to keep", async ({ expect }) => {
      const answer = await send("HEAD / HTTP/1.1\r\nHost: books.example\r\n\r\n");
      expect(answer.status).toBe(200);
      for (const name of ["etag", "last-modified", "accept-ranges"]) expect(header(answer, name), name).toBe("");
      expect(["", "0"]).not.toContain(header(answer, "content-type"));
      expect(header(answer, "content-length")).not.toBe(String(pages["/"]?.length));
      expect(header(answer, "cache-control")).toBe("private, no-store");
    });
  });

  describe("our own addresses", () => {
    it.for([
      ["without a token", []],
      ["with the token in a cookie", [`Cookie: authorization=Bearer ${adminToken}; token=${adminToken}`]],
      ["with a wrong token", ["Authorization: Bearer wrong-token-of-at-least-32-characters"]],
      ["with an empty token", ["Authorization: Bearer "]],
      ["with Basic", [`Authorization: Basic ${Buffer.from(`a:${adminToken}`).toString("base64")}`]],
      ["with a part of the token", [`Authorization: Bearer ${adminToken.slice(0, -1)}`]],
    ] as const)("of the admin API say nothing %s", async ([, fields], { expect }) => {
      const answer = await ask("/_caramel/api/v1/sites", ...fields);
      expect(answer.status).toBe(401);
      expect(whole(answer)).not.toContain("shop");
      expect(site().got()).toEqual([]);
    });

    it("of the admin API cannot be used by another site's page", async ({ expect }) => {
      const body = '{"killed":true}';
      const answer = await send(
        `POST /_caramel/api/v1/sites/shop/kill HTTP/1.1\r\nHost: books.example\r\nOrigin: https://evil.example\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
      expect(answer.status).toBe(401);
      expect(header(answer, "access-control-allow-origin")).toBe("");
    });

    it.for([
      "/_caramel/",
      "/_caramel/nothing",
      "/_caramel/%2e%2e/",
      "/_caramel/health/../../x",
      "/_caramel/../_caramel/nothing",
    ])("%s: what is not there is not the origin's either, and no error of ours", async (path, { expect }) => {
      const answer = await ask(path);
      expect(answer.status).toBeLessThan(500);
      expect(
        site()
          .got()
          .filter(({ url }) => url.startsWith("/_caramel")),
      ).toEqual([]);
    });

    it("of the health check tell no secret", async ({ expect }) => {
      const answer = await ask("/_caramel/health");
      expect(answer.status).toBe(200);
      for (const secret of ["127.0.0.1", adminToken, visitKey, "setText", "mirror"])
        expect(whole(answer)).not.toContain(secret);
    });
  });
}
