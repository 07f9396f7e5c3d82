import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, it } from "vitest";
import { signed, visit } from "../abuse/attacker.ts";
import { get } from "../hostile-origin/raw-client.ts";
import { answering } from "../hostile-origin/raw-origin.ts";
import { html, oldPage, one, type Probed } from "./parts.ts";

/** What must go out as it came. */
export function untouchedAnswers(probed: () => Probed): void {
  const probe: Probed["probe"] = (...given) => probed().probe(...given);

  describe("what is not ours to change", () => {
    const untouched = async (head: string, body: string | Buffer = oldPage, ...fields: string[]) => {
      const answer = await probe("/", head, body, ...fields);
      const bytes = typeof body === "string" ? Buffer.from(body, "latin1") : body;
      return { answer, isSame: answer.body.equals(bytes) && answer.complete };
    };

    it.for([
      "201 Created",
      "202 Accepted",
      "206 Partial",
      "299 Odd",
      "400 No",
      "401 Who",
      "403 Never",
      "404 Not Here",
      "410 Gone",
      "429 Slowly",
      "451 Law",
      "500 Broken",
      "503 Later",
      "599 Odder",
    ])("%s keeps status, reason and page", async (status, { expect }) => {
      const { answer, isSame } = await untouched(
        `${status}\nContent-Type: text/html\nRetry-After: 7\nWWW-Authenticate: Basic`,
      );
      expect([`${answer.status} ${answer.reason}`, isSame]).toEqual([status, true]);
      expect([one(answer, "retry-after"), one(answer, "www-authenticate")]).toEqual(["7", "Basic"]);
    });

    it.for([
      "text/plain",
      "image/svg+xml",
      "application/xml",
      "text/xml",
      "application/rss+xml",
      "text/css",
      "text/javascript",
      "application/json",
      "application/octet-stream",
      "text/html, text/plain",
      "multipart/mixed; boundary=x",
      "texthtml",
      "",
    ])("the type %j", async (type, { expect }) => {
      const { answer, isSame } = await untouched(
        `200 OK\nContent-Type: ${type}\nETag: "a"\nCache-Control: public, max-age=9`,
      );
      expect([answer.status, isSame, one(answer, "etag"), one(answer, "cache-control")]).toEqual([
        200,
        true,
        '"a"',
        "public, max-age=9",
      ]);
    });

    it("a page without a type", async ({ expect }) => {
      expect((await untouched("200 OK")).isSame).toBe(true);
    });

    it.for(["no-transform", "public, NO-TRANSFORM, max-age=5"])("a page with %s", async (control, { expect }) => {
      expect((await untouched(`${html}\nCache-Control: ${control}`)).isSame).toBe(true);
    });

    it.for([
      ["deflate", deflateSync(oldPage)],
      ["zstd", zstdCompressSync(oldPage)],
      ["gzip, br", brotliCompressSync(gzipSync(oldPage))],
      ["x-unheard-of", Buffer.from("\x00\xff<h1>Old</h1>", "latin1")],
      ["compress", Buffer.from("\x1f\x9d\x90", "latin1")],
    ] as const)("a page in the coding %s", async ([coding, body], { expect }) => {
      const { answer, isSame } = await untouched(
        `${html}\nContent-Encoding: ${coding}`,
        body,
        "Accept-Encoding: gzip, br, zstd",
      );
      expect([isSame, one(answer, "content-encoding")]).toEqual([true, coding]);
    });

    it.for(["utf-16", "utf-16le", "utf-7", "iso-2022-jp", "x-nobody-knows"])(
      "a page in %s",
      async (charset, { expect }) => {
        expect((await untouched(`200 OK\nContent-Type: text/html; charset=${charset}`)).isSame).toBe(true);
      },
    );

    it("an empty page, encoded or not", async ({ expect }) => {
      for (const coding of ["", "\nContent-Encoding: gzip", "\nContent-Encoding: br"]) {
        const { answer, isSame } = await untouched(html + coding, "");
        expect([answer.status, isSame], coding).toEqual([200, true]);
      }
    });

    it.for([301, 302, 303, 307, 308])("a redirect with %i to a relative place", async (status, { expect }) => {
      const { answer, isSame } = await untouched(`${status} There\nLocation: ../x?a#b\nContent-Type: text/html`);
      expect([answer.status, isSame, one(answer, "location")]).toEqual([status, true, "../x?a#b"]);
    });

    it.for([204, 205, 304])("%i, which has no body", async (status, { expect }) => {
      const answer = await probed().send(
        "/",
        answering(`HTTP/1.1 ${status} None\r\nETag: "a"\r\nContent-Type: text/html\r\n\r\n`),
        // Whoever is new gets a cookie with it, and with that nothing to keep.
        get("/", `Cookie: caramel=${signed(visit({ n: [1, Date.now(), Date.now()] }))}`),
      );
      expect([answer.status, answer.body.length, one(answer, "etag")]).toEqual([status, 0, '"a"']);
    });

    it("early hints, before the page itself", async ({ expect }) => {
      const answer = await probed().send(
        "/",
        answering(
          `HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 12\r\n\r\n<h1>Old</h1>`,
        ),
        get("/"),
      );
      expect([answer.status, answer.text]).toEqual([200, '<h1 class="on">New</h1>']);
    });

    it.for(["POST", "PUT", "PATCH", "DELETE"])(
      "the answer to %s, whose body arrives once and whole",
      async (method, { expect }) => {
        const answer = await probed().send(
          "/",
          answering(
            Buffer.from(
              `HTTP/1.1 ${html.replace("\n", "\r\n")}\r\nContent-Length: ${oldPage.length}\r\n\r\n${oldPage}`,
              "latin1",
            ),
          ),
          `${method} / HTTP/1.1\r\nHost: books.example\r\nContent-Length: 5\r\n\r\na=%0a`,
        );
        expect([answer.text, answer.got.method, answer.got.body.toString()]).toEqual([oldPage, method, "a=%0a"]);
      },
    );
  });
}
