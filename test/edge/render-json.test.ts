import { describe, it } from "vitest";
import { maxJsonBytes } from "../../src/core/json-edit/edit-json.ts";
import { render } from "../../src/edge/render.ts";
import { type AuthoredJson, decisionOf, given, page } from "./decisions.ts";
import { cut, inPieces, streamedPage } from "./guard/streamed.ts";

const set = (pointer: string, value: AuthoredJson["value"], within: string | null = null): AuthoredJson => ({
  pointer,
  action: "set",
  value: value ?? null,
  within,
});
const doing = (...json: AuthoredJson[]) => decisionOf([given("hero", { json })]);
const json = (text: string, type = "application/json") => page(text, type);

describe("a JSON document", () => {
  it("is edited at its pointers, and keeps every other byte", async ({ expect }) => {
    const text =
      '\ufeff{ "big":12345678901234567890, "one":1.0,\n "title":"A", "title":"é", "items":[ {"p":1} , {"p":2} ] }';
    for (const type of ["application/json", "application/vnd.shop+json; charset=utf-8"]) {
      for (const body of [new TextEncoder().encode(text), inPieces(cut(text, 7))]) {
        const { response, changed, outcome } = await render(
          new Response(body, { headers: { "content-type": type } }),
          doing(set("/title", "</script>"), set("/items/*/p", 3)),
        );
        expect(changed).toBe(true);
        expect(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await response.arrayBuffer())).toBe(
          text
            .replace('"A"', '"</script>"')
            .replace('"é"', '"</script>"')
            .replace('"p":1', '"p":3')
            .replace('"p":2', '"p":3'),
        );
        const { touched, matches } = await outcome;
        expect([...touched]).toEqual(["hero"]);
        expect(Object.fromEntries(matches)).toEqual({ "/title": 2, "/items/*/p": 2 });
      }
    }
  });

  it.for([
    ["malformed", '{"a":1'],
    ["two documents", '{"a":1}{"a":2}'],
    ["JSONP", 'call({"a":1})'],
    ["empty", ""],
    ["larger than the limit", `{"a":1,"b":"${"x".repeat(maxJsonBytes)}"}`],
  ] as const)("that is %s goes out as it came", async ([, text], { expect }) => {
    for (const answer of [
      json(text),
      new Response(inPieces(cut(text, 500_000)), { headers: { "content-type": "application/json" } }),
    ]) {
      const rendered = await render(answer, doing(set("/a", "N")));
      expect(rendered.changed).toBe(false);
      expect((await rendered.response.text()) === text).toBe(true);
      expect((await rendered.outcome).touched.size).toBe(0);
    }
  });

  it("in another charset than UTF-8 goes out as it came", async ({ expect }) => {
    const bytes = new Uint8Array([0x7b, 0x22, 0xe9, 0x22, 0x3a, 0x31, 0x7d]);
    const answer = new Response(bytes, { headers: { "content-type": "application/json" } });
    const { response } = await render(answer, doing(set("/a", "N")));
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
  });

  it("touches the control arm alike and leaves its bytes", async ({ expect }) => {
    const control = given("hero", { watchedPointers: ["/a", "/b/c"] });
    const rendered = await render(json('{ "a": 1.0 }'), decisionOf([control]));
    expect(rendered.changed).toBe(false);
    expect(await rendered.response.text()).toBe('{ "a": 1.0 }');
    expect([...(await rendered.outcome).touched]).toEqual(["hero"]);
  });

  it("gives the last word to the highest priority, and says what leads nowhere", async ({ expect }) => {
    const high = given("high", { json: [set("/a", "high")] });
    const low = given("low", { json: [set("/a", "low"), set("/x/y", "low")] });
    const { response, outcome } = await render(json('{"a":1}'), decisionOf([high, low]));
    expect(await response.text()).toBe('{"a":"high"}');
    expect((await outcome).failures).toEqual([{ experience: "low", what: "set /x/y: leads nowhere in this document" }]);
  });

  it("breaks off where the origin's document breaks off", async ({ expect }) => {
    const { readable, writable } = new IdentityTransformStream();
    const writer = writable.getWriter();
    void writer
      .write(new TextEncoder().encode('{"a":'))
      .then(() => writer.abort(new Error("reset")))
      .catch(() => {});
    const answer = new Response(readable, { headers: { "content-type": "application/json" } });
    const { response } = await render(answer, doing(set("/a", "N")));
    await expect(response.text()).rejects.toThrow();
  });
});

describe("JSON inside a page", () => {
  const within = "script#data";
  const source = (data: string, type = "application/json") =>
    `<p>A</p><script id=data type="${type}">${data}</script><p>B</p>`;
  const operation = set("/a", "</script><b>\u2028é", within);

  it("is edited so that it cannot end its script", async ({ expect }) => {
    const text = source(' {"a":1.0,"b":"\\u003c&é"} ');
    for (const answer of [page(text), streamedPage(inPieces(cut(text, 3)))]) {
      const { response, outcome } = await render(answer, doing(operation));
      expect(await response.text()).toBe(
        source(' {"a":"\\u003c/script\\u003e\\u003cb\\u003e\\u2028é","b":"\\u003c&é"} '),
      );
      expect((await outcome).failures).toEqual([]);
    }
  });

  it("is written in ASCII where the charset is not certain", async ({ expect }) => {
    const { response } = await render(page(source('{"a":1,"b":"é"}'), "text/html"), doing(set("/a", "日", within)));
    expect(await response.text()).toBe(source('{"a":"\\u65e5","b":"\\u00e9"}'));
  });

  it.for([
    ["malformed", source('{"a":1')],
    ["not of JSON", source("a = 1", "text/javascript")],
    ["empty", source("")],
    ["larger than the limit", source(`{"a":"${"x".repeat(maxJsonBytes)}"}`)],
    ["unfinished", '<script id=data type="application/json">{"a":1}'],
  ] as const)("that is %s stays as it is", async ([why, text], { expect }) => {
    for (const answer of [page(text), streamedPage(inPieces(cut(text, Math.ceil(text.length / 20))))]) {
      const { response, outcome } = await render(answer, doing(operation));
      const result = await response.text();
      if (why !== "unfinished") expect(result === text).toBe(true);
      else expect(result).toContain('"a"');
      expect((await outcome).failures.length).toBeLessThanOrEqual(1);
    }
  });
});
