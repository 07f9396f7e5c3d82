import { fc, test as property } from "@fast-check/vitest";
import { describe, it } from "vitest";
import { render } from "../../../src/edge/render.ts";
import { type AuthoredHtml, decisionOf, doing, given, page } from "../decisions.ts";
import { cut, inPieces, streamedPage } from "./streamed.ts";

const big = (what: string, times: number): string => what.repeat(times);

/** Every cause for which HTMLRewriter cuts a page off, and pages that only look like one. */
const pages: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    "title style iframe noscript xmp noembed noframes plaintext script textarea template".split(" ").flatMap((name) => [
      [`<${name}> in a select`, `<p class=x>A</p><select><option>1<${name}>b</${name}></select><p class=x>B</p>`],
      [`<${name}> after an open select`, `<p class=x>A</p><select></div><p>c</p><${name}>b</${name}><p class=x>B</p>`],
      [`<${name}> in a frameset`, `<p class=x>A</p><frameset><frame><${name}>b</${name}></frameset><p class=x>B</p>`],
    ]),
  ),
  "a template with a style in a select":
    "<p class=x>A</p><select><template><style>b</style></template></select><p class=x>B</p>",
  "a danger inside of what is replaced": "<div class=x><p>A<select><style>b</style></select></p></div><p class=x>B</p>",
  "many open elements": `<p class=x>A</p>${big("<b>", 25_000)}<p class=x>B</p>`,
  "many open table cells": `<p class=x>A</p><table>${big("<tr><td>a", 12_000)}</table><p class=x>B</p>`,
  "a huge tag that matches": `<p class=x>A</p><p data-x="${big("a>b ", 1_000_000)}" class=x>B</p><p class=x>C</p>`,
  "a huge comment": `<p class=x>A</p><!--${big("a>b ", 1_000_000)}--><p class=x>B</p>`,
  "a frameset in SVG": "<p class=x>A</p><svg><frameset><title>b</title></svg><p class=x>B</p>",
  "a danger in a script": "<script>'<select><style>'</script><p class=x>A</p>",
  "an unfinished tag": '<p class=x>A</p><p class="x',
  "an unfinished comment": "<p class=x>A</p><!-- <p class=x>",
  "an unfinished script": "<p class=x>A</p><script>'<p class=x>'",
  "nothing but text": "no markup here",
};

const watching = decisionOf([given("hero", { html: [], watchedSelectors: [".x", "p", "b b", "td"] })]);
/** One that is edited in the page's bytes, and one that only HTMLRewriter understands: what the guard is for. */
const [plain, forRewriter] = [".x", ".x[class]"];
const marking = (selector = forRewriter) => doing({ selector, action: "setAttribute", name: "data-seen", value: "1" });
const unmarked = (text: string): string => text.replaceAll(' data-seen="1"', "");

describe.for(Object.entries(pages))("%s", ([, html]) => {
  it("goes through byte for byte when nothing changes, whole and streamed", async ({ expect }) => {
    const whole = await render(page(html), watching);
    expect((await whole.response.text()) === html).toBe(true);
    const size = html.length > 10_000 ? Math.ceil(html.length / 50) : 7;
    const streamed = await render(streamedPage(inPieces(cut(html, size))), watching);
    expect((await streamed.response.text()) === html).toBe(true);
    expect((await streamed.outcome).failures).toEqual([]);
  });

  it("loses nothing when something changes", async ({ expect }) => {
    for (const selector of [plain, forRewriter]) {
      const { response, outcome } = await render(page(html), marking(selector));
      expect(unmarked(await response.text()) === unmarked(html)).toBe(true);
      expect((await outcome).failures).toEqual([]);
    }
  });
});

describe.for([plain, forRewriter])("before a danger, what is selected by %s", (selector) => {
  it("is rewritten, and the rest is passed on as it is", async ({ expect }) => {
    const { response, outcome } = await render(page(pages["<style> in a select"] ?? ""), marking(selector));
    expect(await response.text()).toBe(
      '<p class=x data-seen="1">A</p><select><option>1<style>b</style></select><p class=x>B</p>',
    );
    expect((await outcome).matches.get(selector)).toBe(1);
  });

  it.for([
    ["setText", "N", "<div class=x>N</div>"],
    ["remove", null, ""],
    ["replace", "<i>N</i>", "<i>N</i>"],
  ] as const)(
    "an element that is being changed by %s loses nothing behind the danger",
    async ([action, value, start], { expect }) => {
      const source = "<div class=x><ul><li>A<select><style>b</style></select></ul></div><p>B</p>";
      const { response } = await render(page(source), doing({ selector, action, value }));
      expect(await response.text()).toBe(`${start}<style>b</style></select></ul></div><p>B</p>`);
    },
  );
});

describe.for([plain, forRewriter])("an element without an end tag, selected by %s", (selected) => {
  const ending = (action: AuthoredHtml["action"], selector = selected) =>
    doing({ selector, action, value: action === "remove" ? null : "N" });
  const sources = {
    li: "<ul><li class=x>A<li>B<li>C</ul><p>D</p>",
    p: "<div><p class=x>A<div>B</div></div>C",
    cells: "<table><tr><td class=x>A<td>B<tr><td>C</table>D",
    heading: "<h1 class=x>A</h2><p>B</p>",
    nested: "<ul><li>A<ul><li class=x>B<li>C</ul><li>D</ul>",
    option: "<select><option class=x>A<option>B</select>C",
    end: "<div>A</div><p class=x>B",
    several: "<dl><dt>A<dd class=x>B<dt>C<dd class=x>D</dl>",
  };
  it.for([
    ["setText", sources.li, "<ul><li class=x>N</li><li>B<li>C</ul><p>D</p>"],
    ["remove", sources.li, "<ul><li>B<li>C</ul><p>D</p>"],
    ["append", sources.li, "<ul><li class=x>AN</li><li>B<li>C</ul><p>D</p>"],
    ["after", sources.li, "<ul><li class=x>A</li>N<li>B<li>C</ul><p>D</p>"],
    ["setText", sources.p, "<div><p class=x>N</p><div>B</div></div>C"],
    ["setText", sources.cells, "<table><tr><td class=x>N</td><td>B<tr><td>C</table>D"],
    ["setText", sources.heading, "<h1 class=x>N</h1></h2><p>B</p>"],
    ["remove", sources.nested, "<ul><li>A<ul><li>C</ul><li>D</ul>"],
    ["setText", sources.option, "<select><option class=x>N</option><option>B</select>C"],
    ["append", sources.end, "<div>A</div><p class=x>BN</p>"],
    ["setText", sources.several, "<dl><dt>A<dd class=x>N</dd><dt>C<dd class=x>N</dl>"],
  ] as const)("%s ends where a browser ends it: %s", async ([action, source, expected], { expect }) => {
    for (const answer of [
      page(source),
      streamedPage(inPieces(cut(source, 3))),
      streamedPage(inPieces(cut(source, 1))),
    ]) {
      const { response, outcome } = await render(answer, ending(action));
      expect(await response.text()).toBe(expected);
      expect((await outcome).failures).toEqual([]);
    }
  });

  it("keeps its bytes where no operation is applied", async ({ expect }) => {
    const source = Object.values(sources).join("");
    for (const answer of [page(source), streamedPage(inPieces(cut(source, 5)))]) {
      const { response } = await render(answer, ending("setText", ".x .nothing"));
      expect(await response.text()).toBe(source);
    }
  });

  it.for(["<title>B", "<!-- B", '<p class="', "<script>B", "<textarea>B</textare"])(
    "is not asked about behind an unfinished %s",
    async (tail, { expect }) => {
      const startMs = Date.now();
      const { response } = await render(page(`<ul><li class=x>A${tail}`), ending("after"));
      expect(await response.text()).toContain(tail);
      expect(Date.now() - startMs).toBeLessThan(2000);
    },
  );

  it("does not disturb the counting of children", async ({ expect }) => {
    const source = "<ul><li>A</li><li>B</li><li>C</li></ul><p>D";
    const { response } = await render(streamedPage(inPieces(cut(source, 6))), ending("setText", "li:nth-child(2)"));
    expect(await response.text()).toBe("<ul><li>A</li><li>N</li><li>C</li></ul><p>D");
  });
});

describe("whatever the page", () => {
  const piece = fc.constantFrom(
    ..."<p class=x>|</p>|<li>|<li class=x>|</li>|<ul>|</ul>|<select>|<option>|</select>|<style>|</style>|<title>|</title>|<a href='>'>|</a>|<div>|</div>|<h1>|</h2>|<script>a<b</script>|<!-- <p> -->|<svg>|<title/>|</svg>|<template>|</template>|text|<|<frameset>|<textarea>|</textarea>|<td>|<table>|</table>|<body>|</body>".split(
      "|",
    ),
  );
  const pages = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));
  property.prop([pages, fc.integer({ min: 1, max: 60 })], { numRuns: 200 })(
    "its bytes stay, however it is cut, but for what is done",
    async (html, size) => {
      const decision = doing(
        { selector: forRewriter, action: "setAttribute", name: "data-seen", value: "1" },
        { selector: ".x .none", action: "setText", value: "N" },
        { selector: "li.none", action: "remove", value: null },
      );
      for (const answer of [page(html), streamedPage(inPieces(cut(html, size)))]) {
        const { response, outcome } = await render(answer, decision);
        if (unmarked(await response.text()) !== html) return false;
        if ((await outcome).failures.length > 0) return false;
      }
      return true;
    },
    20_000,
  );
});
