import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { inFront } from "./in-front.ts";
import { exchange, get, valuesOf } from "./raw-client.ts";
import { type Answer, answering } from "./raw-origin.ts";

inFront("a response", (parts) => {
  const answered = async (path: string, answer: Answer, ...fields: string[]) => {
    const { origin, port } = parts();
    origin.on(path, answer);
    const before = origin.received(path).length;
    const response = await exchange(port, get(path, ...fields));
    expect(origin.received(path).length - before).toBe(1);
    return response;
  };

  it.each([
    [201, "Created"],
    [206, "Partial Content"],
    [299, "Nearly"],
    [301, "Moved"],
    [307, "Elsewhere"],
    [404, "Not Here"],
    [418, "Teapot"],
    [500, "Broken"],
    [503, "Later"],
    [599, "Odd"],
    [600, "Odder"],
    [999, "Oddest"],
  ])("keeps status %i and its reason", async (status, reason) => {
    const bytes = `HTTP/1.1 ${status} ${reason}\r\nContent-Length: 2\r\nLocation: /else\r\nRetry-After: 7\r\n\r\nhi`;
    const response = await answered(`/status-${status}`, answering(bytes));
    expect([response.status, response.reason, response.body.toString()]).toEqual([status, reason, "hi"]);
    expect(valuesOf(response, "location")).toEqual(["/else"]);
    expect(valuesOf(response, "retry-after")).toEqual(["7"]);
  });

  it.each([204, 205, 304])("keeps status %i without a body", async (status) => {
    const response = await answered(`/empty-${status}`, answering(`HTTP/1.1 ${status} None\r\nETag: "a"\r\n\r\n`));
    expect([response.status, response.body.length]).toEqual([status, 0]);
    expect(valuesOf(response, "etag")).toEqual(['"a"']);
  });

  it("keeps every Set-Cookie, apart and in order", async () => {
    const cookies = ["a=1; Expires=Wed, 09 Jun 2027 10:18:14 GMT", "b=2; Path=/", "a=3; Path=/x", "__Host-c=4; Secure"];
    const lines = cookies.map((cookie) => `Set-Cookie: ${cookie}\r\n`).join("");
    const bytes = `HTTP/1.1 200 OK\r\n${lines}Content-Length: 0\r\n\r\n`;
    expect(valuesOf(await answered("/cookies", answering(bytes)), "set-cookie")).toEqual(cookies);
    const withOurs = await answered("/cookies", answering(bytes), "x-test: cookie");
    expect(valuesOf(withOurs, "set-cookie").slice(0, 4)).toEqual(cookies);
    expect(valuesOf(withOurs, "set-cookie").length).toBe(5);
  });

  it("keeps headers with their case and bytes", async () => {
    const bytes = "HTTP/1.1 200 OK\r\nX-CaSe: caf\xe9\r\nX-Two: a\r\nX-Two: b\r\nContent-Length: 0\r\n\r\n";
    const response = await answered("/case", answering(bytes));
    expect(response.headers).toContainEqual(["X-CaSe", "caf\xe9"]);
    expect(valuesOf(response, "x-two")).toEqual(["a", "b"]);
  });

  it("takes off connection headers and what Connection nominates", async () => {
    const bytes =
      "HTTP/1.1 200 OK\r\nConnection: close, X-Private\r\nX-Private: 1\r\nKeep-Alive: timeout=5\r\nTrailer: X\r\n" +
      "Proxy-Authenticate: Basic\r\nProxy-Connection: close\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Kept: 1\r\nContent-Length: 2\r\n\r\nok";
    const response = await answered("/hops", answering(bytes));
    const names = response.headers.map(([name]) => name.toLowerCase()).sort();
    expect(names).toEqual(["content-length", "set-cookie", "set-cookie", "x-kept"]);
    expect(response.body.toString()).toBe("ok");
  });

  it("keeps a range as the origin cut it", async () => {
    const bytes = 'HTTP/1.1 206 Partial\r\nContent-Range: bytes 2-4/10\r\nContent-Length: 3\r\nETag: "v"\r\n\r\ncde';
    const response = await answered("/range", answering(bytes), "Range: bytes=2-4");
    expect([response.status, response.body.toString()]).toEqual([206, "cde"]);
    expect(valuesOf(response, "content-range")).toEqual(["bytes 2-4/10"]);
  });

  it("keeps the length that HEAD promises", async () => {
    const { origin, port } = parts();
    origin.on("/head", answering('HTTP/1.1 200 OK\r\nContent-Length: 1234\r\nETag: "a"\r\n\r\n'));
    for (const test of ["", "personalised"]) {
      const response = await exchange(port, get("/head", `x-test: ${test}`).replace("GET", "HEAD"));
      expect(valuesOf(response, "content-length"), test).toEqual(["1234"]);
      expect(response.body.length).toBe(0);
    }
    expect(origin.received("/head").map(({ method }) => method)).toEqual(["HEAD", "HEAD"]);
  });

  it("does not follow a redirect", async () => {
    const { origin } = parts();
    const response = await answered(
      "/redirect",
      answering("HTTP/1.1 302 Found\r\nLocation: /target\r\nContent-Length: 0\r\n\r\n"),
    );
    expect(response.status).toBe(302);
    expect(origin.received("/target")).toEqual([]);
  });

  it.each(["", "personalised"])("passes encoded bytes as they came (%s)", async (test) => {
    // Stored, not compressed: whoever decodes and encodes again gives other bytes.
    const bytes = gzipSync("<h1>hello</h1>".repeat(50), { level: 0 });
    const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bytes.length}\r\nContent-Type: text/html\r\n\r\n`;
    const whole = Buffer.concat([Buffer.from(head), bytes]);
    const asked = await answered("/gzip", answering(whole), "Accept-Encoding: gzip", `x-test: ${test}`);
    expect(asked.body.equals(bytes)).toBe(true);
    expect(valuesOf(asked, "content-encoding")).toEqual(["gzip"]);
    const unasked = await answered("/gzip", answering(whole), `x-test: ${test}`);
    expect(unasked.body.equals(bytes)).toBe(true);
  });

  it.each(["br", "zstd", "deflate", "x-unheard-of", "gzip, br", "identity"])(
    "passes the coding %s blindly",
    async (coding) => {
      const bytes = `HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: 4\r\n\r\n\x00\xff\x01z`;
      for (const test of ["", "personalised"]) {
        const response = await answered(`/coded-${coding.replaceAll(/\W/g, "")}`, answering(bytes), `x-test: ${test}`);
        expect(response.body.toString("latin1"), test).toBe("\x00\xff\x01z");
        expect(valuesOf(response, "content-encoding")).toEqual([coding]);
      }
    },
  );

  it("says that a personalised answer is private, in the control arm too", async () => {
    const bytes =
      "HTTP/1.1 200 OK\r\nCache-Control: public, max-age=600, no-transform\r\nCDN-Cache-Control: max-age=9\r\nExpires: x\r\nAge: 3\r\n" +
      'ETag: "a"\r\nLast-Modified: y\r\nVary: Accept\r\nContent-Security-Policy: default-src\r\nContent-Length: 2\r\n\r\nok';
    const response = await answered("/control", answering(bytes), "x-test: personalised");
    expect(Object.fromEntries(response.headers.map(([name, value]) => [name.toLowerCase(), value]))).toEqual({
      "cache-control": "private, no-store, no-transform",
      "content-length": "2",
      "content-security-policy": "default-src",
      vary: "Accept",
    });
    const untouched = await answered("/control", answering(bytes));
    expect(valuesOf(untouched, "cache-control")).toEqual(["public, max-age=600, no-transform"]);
    expect(valuesOf(untouched, "etag")).toEqual(['"a"']);
  });
});
