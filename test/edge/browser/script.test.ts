import { describe, it } from "vitest";
import { clientScript } from "../../../src/edge/browser/script.ts";

const built = { text: "'use strict'", version: "abc" };
const ask = (query = "", headers: HeadersInit = {}) =>
  clientScript(new Request(`https://shop.example/_caramel/client.js${query}`, { headers }), built);

describe("the browser's helper at its address", () => {
  it("is a script that browsers keep for good under its version", async ({ expect }) => {
    const answer = ask("?v=abc");
    expect(await answer.text()).toBe(built.text);
    expect(answer.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(answer.headers.get("cache-control")).toContain("immutable");
  });

  it("is asked for again by its ETag without one", ({ expect }) => {
    expect(ask().headers.get("cache-control")).toContain("max-age=300");
    const again = ask("", { "if-none-match": 'W/"xyz", "abc"' });
    expect(again.status).toBe(304);
    expect(again.body).toBeNull();
    expect(ask("", { "if-none-match": '"xyz"' }).status).toBe(200);
  });

  it("is kept by nobody under another version than there is", ({ expect }) => {
    expect(ask("?v=next").headers.get("cache-control")).toBe("no-store");
  });
});
