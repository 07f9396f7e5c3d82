import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { describe, it } from "vitest";
import { get, open, until, valuesOf } from "../hostile-origin/raw-client.ts";
import { answering } from "../hostile-origin/raw-origin.ts";
import { html, newPage, oldPage, one, type Probed } from "./parts.ts";

/** What is changed, and what of it is not. */
export function changedAnswers(probed: () => Probed): void {
  const probe: Probed["probe"] = (...given) => probed().probe(...given);

  describe("a page that is changed", () => {
    it("keeps its other bytes, in any charset, and is asked for once", async ({ expect }) => {
      const answer = await probe("/", html);
      expect([answer.status, answer.text, answer.complete]).toEqual([200, newPage, true]);
    });

    it("keeps 31 cookies of the origin, apart and in order, before ours", async ({ expect }) => {
      const cookies = Array.from(
        { length: 31 },
        (_, at) => `c${at}=${at}; Expires=Wed, 09 Jun 2027 10:18:14 GMT; Path=/`,
      );
      const answer = await probe("/", `${html}\n${cookies.map((cookie) => `Set-Cookie: ${cookie}`).join("\n")}`);
      expect(answer.text).toBe(newPage);
      expect(valuesOf(answer, "set-cookie").slice(0, 31)).toEqual(cookies);
      expect(valuesOf(answer, "set-cookie")[31]).toMatch(/^caramel=/);
    });

    it("keeps its reason phrase", async ({ expect }) => {
      expect((await probe("/", html.replace("OK", "Quite Fine"))).reason).toBe("Quite Fine");
    });

    it("loses what described its old bytes", async ({ expect }) => {
      const lost = [
        'ETag: "a"',
        "Last-Modified: Mon, 23 Nov 2026 00:00:00 GMT",
        "Accept-Ranges: bytes",
        "Content-MD5: x",
        "Digest: sha-256=x",
        "Repr-Digest: sha-256=:x:",
        "Content-Digest: sha-256=:x:",
      ];
      const answer = await probe("/", `${html}\n${lost.join("\n")}`);
      for (const line of lost) expect(one(answer, line.split(":")[0]?.toLowerCase() ?? ""), line).toBe("");
      expect(["", String(newPage.length)]).toContain(one(answer, "content-length"));
    });

    it("is nobody else's: no cache may keep it", async ({ expect }) => {
      const caching = [
        "Cache-Control: public, max-age=600, s-maxage=900",
        "Expires: Wed, 09 Jun 2027 10:18:14 GMT",
        "CDN-Cache-Control: max-age=9",
        "Cloudflare-CDN-Cache-Control: max-age=9",
        "Surrogate-Control: max-age=9",
        "Age: 5",
      ];
      const answer = await probe("/", `${html}\n${caching.join("\n")}\nVary: Accept-Language`);
      expect(one(answer, "cache-control")).toBe("private, no-store");
      for (const name of ["expires", "cdn-cache-control", "cloudflare-cdn-cache-control", "surrogate-control", "age"]) {
        expect(one(answer, name), name).toBe("");
      }
      expect(one(answer, "vary")).toBe("Accept-Language");
    });

    it("keeps its policies and all else that is said of it", async ({ expect }) => {
      const kept = [
        "Content-Security-Policy: default-src 'self'",
        "Strict-Transport-Security: max-age=1",
        "Content-Language: de",
        "Content-Location: /x",
        "Refresh: 5",
        "Server-Timing: db;dur=1",
        "X-CaSe: caf\xe9",
        "Permissions-Policy: geolocation=()",
      ];
      const links = ["</a>; rel=preload", "</b>; rel=next"];
      const answer = await probe("/", `${html}\n${[...kept, ...links.map((link) => `Link: ${link}`)].join("\n")}`);
      expect(answer.text).toBe(newPage);
      const lines = answer.headers.map((pair) => pair.join(": "));
      expect(kept.filter((line) => !lines.includes(line))).toEqual([]);
      // The platform writes some repeated headers as the list that they are.
      expect(one(answer, "link")).toBe(links.join(", "));
    });

    it("streams: what came first is changed and sent before the rest comes", async ({ expect }) => {
      let sendRest = () => {};
      probed().origin.on("/slow", (socket) => {
        socket.write(Buffer.from("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<h1>Old</h1><p>first</p>"));
        sendRest = () => socket.end("<p>second</p>");
      });
      const socket = open(probed().site.port, get("/slow"));
      let seen = "";
      socket.on("data", (chunk: Buffer) => (seen += chunk.toString()));
      expect(await until(() => seen.includes("first"))).toBe(true);
      expect([seen.includes(">New</h1>"), seen.includes("second")]).toEqual([true, false]);
      sendRest();
      expect(await until(() => seen.includes("second"))).toBe(true);
      socket.destroy();
    });

    it.for([
      "/page.html",
      "/v1.2/x",
      "/a.b/c.php",
      "/.well-known",
      "/index.html;v=1",
      "//double",
      "/a%2Fb",
      "/?",
      "/caf%C3%A9",
    ])("is changed wherever it lies: %s", async (path, { expect }) => {
      const answer = await probed().send(
        path.split("?", 1)[0] ?? "",
        answering(`HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n${"<h1>Old</h1>"}`),
        get(path),
      );
      expect(answer.text).toBe('<h1 class="on">New</h1>');
      expect(answer.got.target).toBe(path);
    });

    it("has its head where browsers see it, not in a script or comment", async ({ expect }) => {
      const page = "<html><head><script>'</head>'</script><!-- </head> --><title>T</title></head><body></head></body>";
      expect((await probe("/head/x", html, page)).text).toBe(
        page.replace("T</title></head>", "T</title><meta name=ours></head>"),
      );
    });

    it("has nothing in its scripts that could end them", async ({ expect }) => {
      const answer = await probe("/script/x", html, '<script id="data" type="application/json">{"a":1}</script>');
      const [, data = ""] = /json">(.*)<\/script>$/s.exec(answer.text) ?? [];
      expect(data).not.toMatch(/[<\u2028]/);
      expect(JSON.parse(data)).toEqual({ a: "</script><script>alert(1)//\u2028" });
    });

    it.for([
      ["gzip", gzipSync, gunzipSync],
      ["br", brotliCompressSync, brotliDecompressSync],
    ] as const)("stays in the coding %s that it came in", async ([coding, encode, decode], { expect }) => {
      const head = `${html}\nContent-Encoding: ${coding}\nVary: Accept-Encoding`;
      const answer = await probe("/", head, encode(Buffer.from(oldPage, "latin1")), `Accept-Encoding: ${coding}`);
      expect(one(answer, "content-encoding")).toBe(coding);
      expect(decode(answer.body).toString("latin1")).toBe(newPage);
    });

    it("asks the origin for no coding that it could not change", async ({ expect }) => {
      const { got } = await probe("/", html, oldPage, "Accept-Encoding: zstd, deflate, identity;q=0.5");
      expect(valuesOf(got, "accept-encoding").join()).not.toMatch(/zstd|deflate/);
    });

    it.for([
      "Range: bytes=0-9",
      'If-None-Match: "a"',
      "If-Modified-Since: Mon, 23 Nov 2026 00:00:00 GMT",
      'If-Range: "a"',
    ])("is sent whole to whoever asks for less: %s", async (field, { expect }) => {
      const answer = await probe("/", `${html}\nETag: "a"`, oldPage, field);
      expect([answer.status, answer.text]).toEqual([200, newPage]);
      expect(valuesOf(answer.got, field.split(":")[0]?.toLowerCase() ?? "")).toEqual([]);
    });

    it("is answered to HEAD with the headers of GET and no body", async ({ expect }) => {
      const answer = await probed().send(
        "/",
        answering(`HTTP/1.1 ${html.replace("\n", "\r\n")}\r\nContent-Length: 70\r\nETag: "a"\r\n\r\n`),
        get("/").replace("GET", "HEAD"),
      );
      expect([answer.status, answer.body.length, answer.got.method]).toEqual([200, 0, "HEAD"]);
      expect([one(answer, "etag"), one(answer, "content-length"), one(answer, "cache-control")]).toEqual([
        "",
        "",
        "private, no-store",
      ]);
    });
  });

  describe("a document that is changed", () => {
    const json = "200 OK\nContent-Type: application/json";
    it("keeps its other bytes, numbers and order, and is asked for once", async ({ expect }) => {
      const text = '{ "b":1.10, "a" : 1,"c":12345678901234567890 ,"\\u00e9":"\xc3\xa9"}\n';
      expect((await probe("/api/x", json, text)).text).toBe(text.replace('"a" : 1', '"a" : 2'));
    });
    it.for([
      ["half of one", "[1"],
      ["nothing", ""],
      ["JavaScript", "{a:1}"],
      ["brackets 20 000 deep", `${"[".repeat(20_000)}${"]".repeat(20_000)}`],
      ["two of them", '{"a":1}{"a":1}'],
    ] as const)("stays as it is if it is none: %s", async ([, text], { expect }) => {
      const answer = await probe("/api/x", json, text);
      expect([answer.status, answer.text === text, answer.complete]).toEqual([200, true, true]);
    });
  });
}
