import { describe, expect, it } from "vitest";
import { isAuthority, isLoop, setForwarding } from "../../src/http/forwarding.ts";
import { addressOf, urlParts } from "../../src/http/url-parts.ts";

describe("a request's address", () => {
  it.each([
    ["http://books.example/", "http", "books.example", "/"],
    ["https://books.example:8443//a/../b%2F;c?d?e", "https", "books.example:8443", "//a/../b%2F;c?d?e"],
    ["http://books.example/?", "http", "books.example", "/?"],
    ["http://books.example?a=/b", "http", "books.example", "/?a=/b"],
    ["http://books.example", "http", "books.example", "/"],
    ["http://[::1]:80/x", "http", "[::1]:80", "/x"],
    ["http://books.example/a://b/c", "http", "books.example", "/a://b/c"],
  ])("is cut out of %s", (url, scheme, authority, target) => {
    expect(addressOf(url)).toEqual({ scheme, authority, target });
  });

  it.each([
    ["http://Books.Example:8443/a/../b?c?d", "books.example", "/a/../b", "?c?d"],
    ["http://books.example?a=/b", "books.example", "/", "?a=/b"],
    ["http://[::1]:80", "[::1]", "/", ""],
    ["http://books.example//x/%2e%2E/;y?", "books.example", "//x/%2e%2E/;y", "?"],
  ])("says where %s leads, as it was sent", (url, host, path, search) => {
    expect(urlParts(url)).toEqual({ host, path, search });
  });

  it("names a host and nothing else", () => {
    for (const good of ["a", "books.example", "a_b.example:8080", "[::1]:80", "xn--caf-dma.example"]) {
      expect(isAuthority(good), good).toBe(true);
    }
    for (const bad of ["", "a/b", "a@b", "a b", 'a"', "a\\b", "a:b", "a,b", "[::1", "a;b", "a*"]) {
      expect(isAuthority(bad), bad).toBe(false);
    }
  });
});

describe("CDN-Loop", () => {
  it.each([
    ["caramel", true],
    ["other, Caramel", true],
    ["caramel; v=2", true],
    ["caramel-cookies", false],
    ["other; by=caramel", false],
    ["", false],
  ])("of %j is a loop: %s", (value, loop) => {
    expect(isLoop(new Headers({ "cdn-loop": value }))).toBe(loop);
  });
});

describe("Forwarded", () => {
  it("quotes an IPv6 address", () => {
    const headers = new Headers({ "cf-connecting-ip": "2001:db8::1" });
    setForwarding(headers, addressOf("https://books.example:8443/"));
    expect(headers.get("forwarded")).toBe('for="[2001:db8::1]";host="books.example:8443";proto=https');
    expect(headers.get("x-forwarded-for")).toBe("2001:db8::1");
  });
});
