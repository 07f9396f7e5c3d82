import { describe, it } from "vitest";
import { deviceOf, languagesOf, queryOf } from "../../src/core/context.ts";

describe("context", () => {
  it.for([
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Mobile/15E148", "mobile"],
    ["Mozilla/5.0 (Linux; Android 16; Pixel 9) Chrome/140 Mobile Safari/537.36", "mobile"],
    ["Mozilla/5.0 (Linux; Android 16; SM-X910) Chrome/140 Safari/537.36", "tablet"],
    ["Mozilla/5.0 (iPad; CPU OS 19_0 like Mac OS X)", "tablet"],
    ["Mozilla/5.0 (X11; Linux x86_64) Chrome/140 Safari/537.36", "desktop"],
    ["", "desktop"],
  ] as const)("%s is a %s", ([userAgent, device], { expect }) => {
    expect(deviceOf(userAgent)).toBe(device);
  });

  it("orders languages by what the visitor prefers, and leaves out what they refuse", ({ expect }) => {
    expect(languagesOf("en;q=0.7, de-AT, *;q=0.1, fr;q=0")).toEqual(["de-at", "en"]);
    expect(languagesOf("")).toEqual([]);
    expect(languagesOf(";;;,q=1,,")).toEqual(["q=1"]);
  });

  it("takes the first of each parameter, and names from a prototype for plain names", ({ expect }) => {
    const query = queryOf("?a=1&a=2&__proto__=x&b=%20c+d");
    expect(query.a).toBe("1");
    expect(query.b).toBe(" c d");
    expect(Object.hasOwn(query, "__proto__")).toBe(true);
    expect(Object.hasOwn(query, "toString")).toBe(false);
  });
});
