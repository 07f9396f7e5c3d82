import { describe, expect, it } from "vitest";
import { type ResponseExtra, respond } from "../../src/edge/respond.ts";

const nothing: ResponseExtra = { setCookie: null, bypass: null, serverTiming: null, personalised: false, headers: [] };

const originAnswer = () => {
  const headers = new Headers({
    "accept-ranges": "bytes",
    age: "3",
    "cache-control": "public, max-age=600",
    "cdn-cache-control": "max-age=9",
    "content-digest": "sha-256=:x:",
    "content-length": "5",
    "content-md5": "x",
    "content-security-policy": "default-src 'self'",
    "content-type": "text/html",
    digest: "x",
    etag: '"a"',
    expires: "Thu, 01 Dec 2026 16:00:00 GMT",
    "last-modified": "Tue, 01 Nov 2022 16:00:00 GMT",
    "repr-digest": "x",
    "surrogate-control": "max-age=9",
    vary: "accept-encoding",
  });
  headers.append("set-cookie", "a=1");
  headers.append("set-cookie", "b=2");
  return new Response("hello", { status: 203, statusText: "Indeed", headers });
};

const namesOf = (response: Response) => [...new Set(response.headers.keys())].toSorted();
const kept = ["cache-control", "content-security-policy", "content-type", "set-cookie", "vary"];

describe("a response", () => {
  it("with nothing to change is the very same one", () => {
    const response = originAnswer();
    expect(respond({ response, changed: false }, nothing)).toBe(response);
  });

  it("with changed bytes says nothing that is only true of the old ones, and keeps all else", async () => {
    const answer = respond({ response: originAnswer(), changed: true }, nothing);
    expect(namesOf(answer)).toEqual(kept);
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
    expect([answer.status, answer.statusText, await answer.text()]).toEqual([203, "Indeed", "hello"]);
  });

  it("that is personalised without a change is as private, so that no other visitor gets it", () => {
    const answer = respond({ response: originAnswer(), changed: false }, { ...nothing, personalised: true });
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
    expect(namesOf(answer)).toEqual(
      [...kept, "content-digest", "content-length", "content-md5", "digest", "repr-digest"].toSorted(),
    );
  });

  it("with a cookie of ours has it after the origin's, and is private", () => {
    const answer = respond({ response: originAnswer(), changed: false }, { ...nothing, setCookie: "c=3" });
    expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2", "c=3"]);
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
  });

  it("that was only stood aside from keeps the origin's caching", () => {
    const answer = respond(
      { response: originAnswer(), changed: false },
      { ...nothing, bypass: "profile", serverTiming: "caramel;dur=1" },
    );
    expect(answer.headers.get("x-caramel")).toBe("bypass;profile");
    expect(answer.headers.get("server-timing")).toBe("caramel;dur=1");
    expect(answer.headers.get("cache-control")).toBe("public, max-age=600");
    expect(answer.headers.get("etag")).toBe('"a"');
  });

  it("carries out header operations in their order", () => {
    const headers = [
      ["set", "x-theme", "night"],
      ["append", "x-theme", "warm"],
      ["remove", "vary", null],
      ["set", "x-empty", ""],
    ] as const;
    const answer = respond({ response: originAnswer(), changed: false }, { ...nothing, headers });
    expect(answer.headers.get("x-theme")).toBe("night, warm");
    expect(answer.headers.has("vary")).toBe(false);
    expect(answer.headers.get("x-empty")).toBe("");
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
  });

  it("lets no value become a second header, and no operation touch what is not its own", () => {
    const headers = [
      ["set", "x-a", "a\r\nset-cookie: evil=1"],
      ["set", "x-b", "a\nb"],
      ["set", "x-c", "a\0b"],
      ["set", "x-d", "Łódź"],
      ["set", "x\r\ny", "1"],
      ["set", "set-cookie", "evil=1"],
      ["remove", "set-cookie", null],
      ["set", "content-length", "1"],
      ["set", "cache-control", "public"],
      ["remove", "content-security-policy", null],
      ["set", "x-ok", "1"],
    ] as const;
    const extra = { ...nothing, headers, setCookie: "c=3\r\nx-evil: 1", bypass: "a\r\nb", serverTiming: "a\nb" };
    const answer = respond({ response: originAnswer(), changed: true }, extra);
    expect(namesOf(answer)).toEqual([...kept, "x-ok"]);
    expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
  });

  it("names the page's own URL beside the origin's links", () => {
    const linkCanonical = 'https://books.example/a b?x="><é\r\n\ud800&y=%20';
    const answer = respond({ response: originAnswer(), changed: false }, { ...nothing, linkCanonical });
    expect(answer.headers.get("link")).toBe(
      '<https://books.example/a%20b?x=%22%3E%3C%C3%A9%0D%0A%EF%BF%BD&y=%20>; rel="canonical"',
    );
  });

  it.each([204, 205, 304])("of status %i can be private", (status) => {
    const response = new Response(null, { status, headers: { etag: '"a"' } });
    const answer = respond({ response, changed: false }, { ...nothing, personalised: true, setCookie: "c=3" });
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([status, "private, no-store"]);
  });

  it("that opens a WebSocket goes out as it is", () => {
    const [webSocket] = Object.values(new WebSocketPair());
    const response = new Response(null, { status: 101, webSocket: webSocket ?? null });
    expect(respond({ response, changed: false }, { ...nothing, personalised: true, setCookie: "c=3" })).toBe(response);
  });
});
