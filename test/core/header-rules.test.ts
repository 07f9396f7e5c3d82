import { describe, expect, it } from "vitest";
import { headerRefusal, isHeaderValue } from "../../src/core/header-rules.ts";

describe("a header operation", () => {
  it.each(["x-theme", "X-Robots-Tag", "Link", "Vary", "Server-Timing", "Cache-Tag"])("may touch %s", (name) => {
    for (const action of ["set", "append", "remove"] as const) expect(headerRefusal(name, action)).toBeNull();
  });

  it.each([
    "Set-Cookie",
    "content-length",
    "Transfer-Encoding",
    "connection",
    "content-encoding",
    "Content-Type",
    "host",
    "Cache-Control",
    "ETag",
    "Location",
    "Refresh",
    "Clear-Site-Data",
    "Access-Control-Allow-Origin",
    "CF-Ray",
    "X-Caramel",
    "x-caramel-decisions",
    "Proxy-Anything",
  ])("may never touch %s, and says why", (name) => {
    for (const action of ["set", "append", "remove"] as const) expect(headerRefusal(name, action)).toMatch(/^[a-z]/);
  });

  it("may make a page's policy stricter, never laxer", () => {
    expect(headerRefusal("Content-Security-Policy", "append")).toBeNull();
    expect(headerRefusal("Content-Security-Policy", "set")).not.toBeNull();
    expect(headerRefusal("Content-Security-Policy", "remove")).not.toBeNull();
    expect(headerRefusal("X-Frame-Options", "append")).not.toBeNull();
    expect(headerRefusal("Strict-Transport-Security", "remove")).not.toBeNull();
  });

  it.each(["", "x y", "x:y", "x\r\ny", "x\0", "é", "constructor()", "(x)"])("needs a name, which %j is not", (name) => {
    expect(headerRefusal(name, "set")).toBe("it is not a header name");
  });

  it("is not fooled by what every object has", () => {
    expect(headerRefusal("constructor", "set")).toBeNull();
    expect(headerRefusal("__proto__", "set")).toBeNull();
  });
});

describe("a header value", () => {
  it.each(["", "plain", "tab\there", "caf\xe9", "\xff"])("can be %j", (value) => {
    expect(isHeaderValue(value)).toBe(true);
  });

  it.each(["a\rb", "a\nb", "a\r\nSet-Cookie: x=1", "a\0", "\x1f", "\x7f", "Łódź", "\u{1f36e}", "\u2028"])(
    "cannot be %j",
    (value) => {
      expect(isHeaderValue(value)).toBe(false);
    },
  );
});
