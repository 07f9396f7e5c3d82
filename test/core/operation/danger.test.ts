import { describe, expect, it } from "vitest";
import type { HtmlOperation } from "../../../src/core/draft.ts";
import { dangerOfAttribute, dangerOfUrl, dangerOfValue, isAttributeName } from "../../../src/core/operation/danger.ts";
import { htmlOperations, landingOfHtml, problemsOfHtml } from "../../../src/core/operation/html-operations.ts";
import { readMarkup } from "../../../src/core/operation/markup.ts";
import { dangerOfMarkup, isWellFormed } from "../../../src/core/operation/markup-check.ts";

describe("a dangerous URL", () => {
  it.each([
    "javascript:a",
    "JavaScript:a",
    " \n\tjavascript:a",
    "java\nscript:a",
    "\u0000javascript:a",
    "java\u00adscript:a",
    "javascript&colon;a",
    "&#106;avascript:a",
    "&#x6A;avascript&#58a",
    "java&Tab;script:a",
    "vbscript:a",
    "data:text/html,a",
    "data:text/html;base64,a",
    "DATA:application/xhtml+xml,a",
    "data:text/javascript,a",
    "view-source:data:text/html,a",
  ])("%j", (url) => {
    expect(dangerOfUrl(url)).not.toBeNull();
  });

  it.each([
    "/a",
    "https://a.example/?q=javascript:a",
    "mailto:a@b.example",
    "#a",
    "a:b",
    "data:image/png;base64,a",
    "data:,a",
    "",
  ])("is not %j", (url) => {
    expect(dangerOfUrl(url)).toBeNull();
  });

  it("is looked for where a URL may be, and text is left alone", () => {
    expect(dangerOfValue("title", "JavaScript: the good parts")).toBeNull();
    expect(dangerOfValue("srcset", "/a 1x, javascript:a 2x")).not.toBeNull();
    expect(dangerOfValue("XLINK:HREF", "javascript:a")).not.toBeNull();
  });
});

it("attributes that run script are refused, whatever their case", () => {
  for (const name of ["onclick", "ONLOAD", "onanything", "srcdoc", "SrcDoc"])
    expect(dangerOfAttribute(name)).not.toBeNull();
  for (const name of ["title", "data-on", "href"]) expect(dangerOfAttribute(name)).toBeNull();
  for (const name of ["", "a b", 'a"', "a'", "a>", "a/b", "a=b", "a\u0000", "a\n", "é"])
    expect(isAttributeName(name)).toBe(false);
  for (const name of ["a", "data-a.b", "xlink:href", "@click", "_a"]) expect(isAttributeName(name)).toBe(true);
});

describe("HTML to insert", () => {
  it.each([
    "<a onclick=a>",
    "<a/onclick=a>",
    "<a x='1'onclick=a>",
    "<svg><a xlink:href='javascript:a'>",
    "<svg><animate to='javascript:a'>",
    "<iframe srcdoc='a'>",
    '<form action=" java\tscript:a">',
    "<noscript><img onerror=a></noscript>",
    "<textarea><img onerror=a></textarea>",
    "<b",
    "<b title='",
    "<!-- a",
    "<script>a",
    "<title>a",
    "<plaintext>",
  ])("is refused: %s", (html) => {
    expect(dangerOfMarkup(html)).not.toBeNull();
  });

  it.each([
    "a < b & on c",
    "<b>one</b>",
    "<a href='/on?src=a:b'>a</a>",
    "<p>onclick=a</p>",
    "<!-- onclick= -->",
    "<script>a.onclick = b</script>",
    "<img alt='a>b' src=a.png>",
    "<b title='onclick=a'>a</b>",
  ])("may go in: %s", (html) => {
    expect(dangerOfMarkup(html)).toBeNull();
  });

  it.each(["<b>a</b>", "<br/>a&amp;&#233;", '<a b="c"/>', "<!-- a -->"])("is well-formed: %s", (html) => {
    expect(isWellFormed(html)).toBe(true);
  });

  it.each(["<br>", "<b>a", "</b>", "<a b=c/>", "<a b/>", "a & b", "&nbsp;", "<B></b>", "a < b", "<!-- a -- b -->"])(
    "is not well-formed: %s",
    (html) => {
      expect(isWellFormed(html)).toBe(false);
    },
  );

  it("is cut into pieces that make it up again", () => {
    const html = "a<b c='d>e' f=g/h i/>j</b k><!-- l --><!doctype m><script>n<o</p></script>q<r";
    const pieces = [...readMarkup(html)];
    expect(pieces.map(({ source }) => source).join("")).toBe(html);
    expect(pieces.map(({ kind }) => kind)).toEqual(
      "text start text end comment comment start raw end text unfinished".split(" "),
    );
  });
});

describe("an authored operation", () => {
  const operation = (fields: Partial<HtmlOperation>): HtmlOperation => ({
    selector: ".x",
    action: "setText",
    name: null,
    value: "a",
    ...fields,
  });

  it.each([
    [{ action: "setAttribute", name: "title" }],
    [{ action: "setAttribute", name: "href", value: "/a/{{ visitor.b }}" }],
    [{ action: "setHtml", value: '<a href="/a" title="{{ visitor.b }}">{{ visitor.c }}</a>' }],
    [{ action: "setStyle", name: "color", value: "{{ visitor.color }}" }],
    [{ action: "setStyle", name: "--gap", value: "calc(1px + 2px)" }],
    [{ action: "addClass", value: "a b" }],
    [{ action: "remove", value: null }],
    [{ action: "removeAttribute", name: "onclick", value: null }],
    [{ selector: "h1.x > b", action: "append" }],
  ] as const)("is in order: %j", (fields) => {
    expect(problemsOfHtml(operation(fields), "/o")).toEqual([]);
  });

  it.each([
    [{ value: null }, "/o/value"],
    [{ action: "setAttribute" }, "/o/name"],
    [{ action: "setAttribute", name: "onclick" }, "/o/name"],
    [{ action: "setAttribute", name: "a b" }, "/o/name"],
    [{ action: "setAttribute", name: "href", value: "java\tscript:a" }, "/o/value"],
    [{ action: "setAttribute", name: "style", value: "color: {{ visitor.b }}" }, "/o/value"],
    [{ action: "setHtml", value: "<b onclick=a>" }, "/o/value"],
    [{ action: "setHtml", value: "<script>a = '{{ visitor.b }}'</script>" }, "/o/value"],
    [{ action: "setHtml", value: "<b title={{ visitor.b }}>a</b>" }, "/o/value"],
    [{ action: "setHtml", value: "<b {{ visitor.b }}>a</b>" }, "/o/value"],
    [{ action: "setHtml", value: "<{{ visitor.b }}>a" }, "/o/value"],
    [{ action: "setHtml", value: "<!-- {{ visitor.b }} -->" }, "/o/value"],
    [{ action: "setHtml", value: "<b style='color:{{ visitor.b }}'>a</b>" }, "/o/value"],
    [{ action: "setStyle", name: "color", value: "red; margin: 0" }, "/o/value"],
    [{ action: "setStyle", name: "a:b", value: "red" }, "/o/name"],
    [{ action: "addClass", value: " " }, "/o/value"],
    [{ action: "addClass", value: ".a" }, "/o/value"],
    [{ selector: "body script.x", action: "setText" }, "/o/selector"],
    [{ selector: "img", action: "append" }, "/o/selector"],
  ] as const)("has a problem with advice: %j", (fields, path) => {
    const problems = problemsOfHtml(operation(fields), "/o").filter(({ severity }) => severity === "error");
    expect(problems.map((one) => one.path)).toContain(path);
    for (const { advice } of problems) expect(advice).toMatch(/^[A-Z].*\.$/);
  });

  it("knows where every action's value lands", () => {
    for (const [action, { landing }] of Object.entries(htmlOperations))
      expect(landing(null), action).toBeTypeOf("string");
    expect(landingOfHtml({ action: "setAttribute", name: "HREF" })).toBe("url");
    expect(landingOfHtml({ action: "setAttribute", name: "title" })).toBe("attribute");
    expect(landingOfHtml({ action: "append", name: null })).toBe("html");
  });
});
