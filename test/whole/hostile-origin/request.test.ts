import { expect, it } from "vitest";
import { inFront } from "./in-front.ts";
import { exchange, get, valuesOf } from "./raw-client.ts";

inFront("a request", (parts) => {
  const sent = async (target: string, ...fields: string[]) => {
    const { origin, port } = parts();
    const path = target.split("?", 1)[0] ?? target;
    const before = origin.received(path).length;
    const answer = await exchange(port, get(target, ...fields));
    const received = origin.received(path).slice(before);
    expect(received.length, `requests the origin got for ${target}`).toBe(1);
    return { answer, request: received[0] ?? { method: "", target: "", headers: [] } };
  };

  it.each([
    ["a bare question mark", "/shelf?"],
    ["two question marks", "/shelf?a?b"],
    ["an encoded slash", "/a%2Fb"],
    ["double slashes", "//evil.example//x"],
    ["semicolons", "/a;v=1;b?x;y"],
    ["encoded dots and plus", "/a+b%2B%2e?q=a+b%20c"],
    ["broken percent signs", "/%zz?%"],
    ["encoded unicode", "/caf%C3%A9?q=%E2%82%AC"],
    ["a colon first", "/:x:y@z"],
    ["an encoded line break", "/a%0d%0ab"],
    ["an encoded NUL", "/a%00b"],
    ["8 KB of query", `/long?q=${"x".repeat(8000)}`],
  ])("keeps %s in its target", async (_, target) => {
    expect((await sent(target)).request.target).toBe(target);
  });

  it("encodes raw unicode as the only safe way to write it", async () => {
    const { origin, port } = parts();
    await exchange(port, Buffer.from(get("/thé?é")));
    expect(origin.received("/th%C3%A9").map(({ target }) => target)).toEqual(["/th%C3%A9?%C3%A9"]);
  });

  it("never leaves the origin, whatever the target looks like", async () => {
    const { origin, port } = parts();
    await exchange(port, get("/\\evil.example/back"));
    await exchange(port, get("http://evil.example/absolute"));
    expect(origin.received("//evil.example/back").length + origin.received("/\\evil.example/back").length).toBe(1);
    expect(origin.received("/absolute").length).toBe(1);
  });

  it.each(["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])("keeps the method %s", async (method) => {
    const { origin, port } = parts();
    const path = `/method-${method}`;
    await exchange(port, `${method} ${path} HTTP/1.1\r\nHost: books.example\r\nContent-Length: 3\r\n\r\nabc`);
    const [request, ...more] = origin.received(path);
    expect(more).toEqual([]);
    expect(request?.method).toBe(method);
    expect(request?.body.toString()).toBe("abc");
    expect(valuesOf({ headers: request?.headers ?? [] }, "content-length")).toEqual(["3"]);
  });

  it("keeps an empty body empty, and measured", async () => {
    const { origin, port } = parts();
    await exchange(port, "POST /empty HTTP/1.1\r\nHost: books.example\r\nContent-Length: 0\r\n\r\n");
    const [request, ...more] = origin.received("/empty");
    expect(more).toEqual([]);
    expect(request?.bodyBytes).toBe(0);
    expect(valuesOf({ headers: request?.headers ?? [] }, "content-length")).toEqual(["0"]);
  });

  it.each(["GET", "DELETE", "TRACE"])("keeps a body where %s has one", async (method) => {
    const { origin, port } = parts();
    const path = `/odd-${method}`;
    const answer = await exchange(
      port,
      `${method} ${path} HTTP/1.1\r\nHost: books.example\r\nContent-Length: 3\r\n\r\nabc`,
    );
    expect(answer.status).toBe(200);
    expect(origin.received(path).map(({ method: sent, body }) => `${sent} ${body}`)).toEqual([`${method} abc`]);
  });

  it("keeps the visitor's headers with their case, order of repeats and empty values", async () => {
    const { request } = await sent("/headers", "X-CaSe: 1", "X-Two: a", "X-Two: b", "X-Empty:", "X-Latin: caf\xe9");
    expect(request.headers).toContainEqual(["X-CaSe", "1"]);
    expect(valuesOf(request, "x-two")).toEqual(["a", "b"]);
    expect(valuesOf(request, "x-empty")).toEqual([""]);
    expect(valuesOf(request, "x-latin")).toEqual(["caf\xe9"]);
  });

  it("keeps 100 KB of headers both ways", async () => {
    const { origin } = parts();
    const value = "v".repeat(4000);
    const fields = Array.from({ length: 12 }, (_, at) => `X-Big-${at}: ${value}`);
    origin.on("/big", (socket) =>
      socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n${fields.join("\r\n")}\r\n\r\nok`),
    );
    const { answer, request } = await sent("/big", ...fields);
    expect(request.headers.filter(([name]) => name.startsWith("X-Big-")).length).toBe(12);
    expect(answer.headers.filter(([name, text]) => name.startsWith("X-Big-") && text === value).length).toBe(12);
  });

  it("takes off connection headers and what Connection nominates", async () => {
    const { request } = await sent(
      "/hops",
      "Connection: keep-alive, X-Private, TE",
      "X-Private: 1",
      "Keep-Alive: timeout=5",
      "Proxy-Connection: keep-alive",
      "Proxy-Authorization: Basic eDp5",
      "TE: trailers",
      "Trailer: X-Sum",
      "Upgrade: h2c",
      "HTTP2-Settings: AAMAAABk",
      "X-Kept: 1",
    );
    const names = request.headers.map(([name]) => name.toLowerCase());
    for (const hop of ["x-private", "keep-alive", "proxy-connection", "proxy-authorization", "te", "trailer"]) {
      expect(names).not.toContain(hop);
    }
    expect(names).not.toContain("upgrade");
    expect(names).not.toContain("http2-settings");
    expect(names).toContain("x-kept");
  });

  it("lets nobody nominate what it tells the origin itself", async () => {
    const { request } = await sent("/nominate", "Connection: X-Forwarded-Host, Host, CDN-Loop", "CDN-Loop: other");
    expect(valuesOf(request, "x-forwarded-host")).toEqual(["books.example"]);
    expect(valuesOf(request, "cdn-loop")).toEqual(["caramel"]);
    expect(valuesOf(request, "host").length).toBe(1);
  });

  it("overwrites what the visitor claims about the connection", async () => {
    const { request } = await sent(
      "/claims",
      "cf-connecting-ip: 203.0.113.7",
      "X-Forwarded-For: 6.6.6.6",
      "X-Forwarded-Proto: gopher",
      "X-Forwarded-Host: evil.example",
      "X-Forwarded-Port: 6",
      "X-Real-IP: 6.6.6.6",
      "Forwarded: for=6.6.6.6",
    );
    expect(valuesOf(request, "x-forwarded-for")).toEqual(["203.0.113.7"]);
    expect(valuesOf(request, "x-forwarded-proto")).toEqual(["http"]);
    expect(valuesOf(request, "x-forwarded-host")).toEqual(["books.example"]);
    expect(valuesOf(request, "x-forwarded-port")).toEqual([]);
    expect(valuesOf(request, "x-real-ip")).toEqual(["203.0.113.7"]);
    expect(valuesOf(request, "forwarded")).toEqual(['for=203.0.113.7;host="books.example";proto=http']);
  });

  it("says nothing of an address it does not know", async () => {
    const { request } = await sent("/unknown", "X-Forwarded-For: 6.6.6.6", "cf-connecting-ip: 1;for=evil");
    expect(valuesOf(request, "x-forwarded-for")).toEqual([]);
    expect(valuesOf(request, "forwarded")).toEqual(['host="books.example";proto=http']);
  });

  it("adds itself to CDN-Loop, and answers 508 to what has been through it", async () => {
    const { origin, port } = parts();
    const { request } = await sent("/loop", "CDN-Loop: other; v=1");
    expect(valuesOf(request, "cdn-loop").join(", ")).toBe("other; v=1, caramel");
    expect((await exchange(port, get("/looped", "CDN-Loop: other, caramel"))).status).toBe(508);
    expect(origin.received("/looped")).toEqual([]);
  });

  it("serves another origin path under the visitor's URL, with the visitor's query", async () => {
    const { origin, port } = parts();
    await exchange(port, get("/seen?a=1&b", "x-test-path: /moved"));
    await exchange(port, get("/seen?", "x-test-path: /moved"));
    await exchange(port, get("/seen?a=1", "x-test-path: /moved?arm=2"));
    expect(origin.received("/moved").map(({ target }) => target)).toEqual([
      "/moved?a=1&b",
      "/moved?",
      "/moved?arm=2&a=1",
    ]);
    expect(origin.received("/seen")).toEqual([]);
  });

  it("asks for the whole page where it may be rewritten, and for what the visitor asks elsewhere", async () => {
    const asked = [
      "Range: bytes=0-1",
      'If-None-Match: "a"',
      "If-Modified-Since: x",
      "Accept-Encoding: zstd, gzip;q=0.5",
    ];
    const whole = await sent("/whole", "x-test: full-page", ...asked);
    const names = whole.request.headers.map(([name]) => name.toLowerCase());
    expect(names.filter((name) => name === "range" || name.startsWith("if-"))).toEqual([]);
    expect(valuesOf(whole.request, "accept-encoding")).toEqual(["gzip;q=0.5"]);
    const part = await sent("/part", ...asked);
    expect(valuesOf(part.request, "range")).toEqual(["bytes=0-1"]);
    expect(valuesOf(part.request, "if-none-match")).toEqual(['"a"']);
    expect(valuesOf(part.request, "accept-encoding")).toEqual(["zstd, gzip;q=0.5"]);
  });

  it("never lets a visitor speak for us", async () => {
    const forged = await sent("/forged", "X-Caramel-Decisions: forged");
    expect(valuesOf(forged.request, "x-caramel-decisions")).toEqual([]);
    const ours = await sent("/ours", "x-test: decided", "X-Caramel-Decisions: forged");
    expect(valuesOf(ours.request, "x-caramel-decisions")).toEqual(["ours"]);
  });

  it("refuses a Host that is more than a host", async () => {
    const { origin, port } = parts();
    for (const host of ["a/b", "a?b", "user@a", "a b", 'a"b']) {
      const answer = await exchange(port, `GET /host HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      expect(answer.status, host).toBe(400);
    }
    expect(origin.received("/host")).toEqual([]);
  });
});
