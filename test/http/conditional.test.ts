import { describe, expect, it } from "vitest";
import { askForFullPage } from "../../src/http/conditional.ts";

describe("a page that may be rewritten", () => {
  it("is asked for whole", () => {
    const headers = new Headers({
      range: "bytes=0-",
      "if-none-match": '"a"',
      "if-range": '"a"',
      "a-im": "vcdiff",
      accept: "*/*",
    });
    askForFullPage(headers);
    expect([...headers.keys()]).toEqual(["accept"]);
  });

  it.each([
    ["gzip, deflate, br, zstd", "gzip, br"],
    ["gzip, br;q=0.8", "gzip, br;q=0.8"],
    ["zstd, dcb", "identity"],
    ["GZIP;q=1, x", "GZIP;q=1"],
    ["", "identity"],
    ["*", "*"],
  ])("that accepts %j is asked for as %j", (accepted, asked) => {
    const headers = new Headers({ "accept-encoding": accepted });
    askForFullPage(headers);
    expect(headers.get("accept-encoding")).toBe(asked);
  });
});
