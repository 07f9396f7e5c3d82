import { describe, it } from "vitest";
import { render } from "../../src/edge/render.ts";
import { type AuthoredHtml, doing, page } from "./decisions.ts";

/** The page after one operation, and why it failed if it did. */
async function apply(html: string, operation: AuthoredHtml, contentType?: string) {
  const rendered = await render(page(html, contentType), doing(operation));
  const text = await rendered.response.text();
  const { failures } = await rendered.outcome;
  return { text, failures: failures.map(({ what }) => what) };
}

const at = (selector: string, action: AuthoredHtml["action"], name: string | null, value: string | null) => ({
  selector,
  action,
  name,
  value,
});

interface Case {
  readonly does: string;
  readonly from: string;
  readonly to: string;
  readonly operation: AuthoredHtml;
}

const cases = (...rows: readonly (readonly [does: string, from: string, to: string, AuthoredHtml])[]): Case[] =>
  rows.map(([does, from, to, operation]) => ({ does, from, to, operation }));

const text = (value: string) => at(".x", "setText", null, value);
const attribute = (name: string, value: string) => at(".x", "setAttribute", name, value);
const addClass = (value: string) => at(".x", "addClass", null, value);
const removeClass = (value: string) => at(".x", "removeClass", null, value);
const style = (name: string, value: string) => at(".x", "setStyle", name, value);
const html = (action: AuthoredHtml["action"], value: string) => at(".x", action, null, value);

describe.each(
  cases(
    ["setText escapes markup", "<p class=x>A</p>", "<p class=x>1 &lt; 2 &amp; 3</p>", text("1 < 2 & 3")],
    ["setText keeps what looks like a reference", "<p class=x>A</p>", "<p class=x>&amp;lt;</p>", text("&lt;")],
    ["setText replaces children", "<div class=x><b>A</b>B</div>", "<div class=x>N</div>", text("N")],
    ["setText works on upper-case tags", "<P CLASS=x>A</P>", "<P CLASS=x>N</P>", text("N")],
    ["setText works in a title", "<title class=x>A</title>", "<title class=x>a&lt;b</title>", text("a<b")],
    [
      "setText works in a template",
      "<template><p class=x>A</p></template>",
      "<template><p class=x>N</p></template>",
      text("N"),
    ],
    ["setText leaves comments alone", "<!-- <p class=x>A</p> -->", "<!-- <p class=x>A</p> -->", text("N")],
    ["setText works in SVG", "<svg><text class=x>A</text></svg>", "<svg><text class=x>N</text></svg>", text("N")],
    ["setHtml inserts markup", "<p class=x>A</p>", "<p class=x><b>N</b></p>", html("setHtml", "<b>N</b>")],
    ["prepend", "<p class=x>A</p>", "<p class=x><b>N</b>A</p>", html("prepend", "<b>N</b>")],
    ["append", "<p class=x>A</p>", "<p class=x>A<b>N</b></p>", html("append", "<b>N</b>")],
    ["before", "<p class=x>A</p>", "<b>N</b><p class=x>A</p>", html("before", "<b>N</b>")],
    ["after", "<p class=x>A</p>z", "<p class=x>A</p><b>N</b>z", html("after", "<b>N</b>")],
    ["after works on void elements", "<img class=x>z", "<img class=x><b>N</b>z", html("after", "<b>N</b>")],
    ["replace", "<p class=x>A</p>z", "<b>N</b>z", html("replace", "<b>N</b>")],
    ["replace works on void elements", "<img class=x>z", "<b>N</b>z", html("replace", "<b>N</b>")],
    ["replace works on self-closing SVG", "<svg><path class=x /></svg>z", "<svg><g/></svg>z", html("replace", "<g/>")],
    ["remove", "a<p class=x>A<b>B</b></p>z", "az", at(".x", "remove", null, null)],
    [
      "remove works on a nested table",
      "<table><tr><td><table class=x><tr><td>A</table>B</table>z",
      "<table><tr><td>B</table>z",
      at(".x", "remove", null, null),
    ],
    ["setAttribute adds", "<p class=x>A</p>", '<p class=x title="N">A</p>', attribute("title", "N")],
    [
      "setAttribute replaces the first of duplicates",
      "<p class=x title=a TITLE=b>A</p>",
      '<p class=x title="N" TITLE=b>A</p>',
      attribute("title", "N"),
    ],
    [
      "setAttribute escapes what a browser would decode",
      "<p class=x>A</p>",
      '<p class=x title="&amp;quot;&quot;&lt;">A</p>',
      attribute("title", '&quot;"<'),
    ],
    [
      "setAttribute keeps line breaks",
      "<p class=x>A</p>",
      '<p class=x title="a&#10;b">A</p>',
      attribute("title", "a\nb"),
    ],
    [
      "removeAttribute takes duplicates too",
      "<p class=x id=a ID=b>A</p>",
      "<p class=x>A</p>",
      at(".x", "removeAttribute", "id", null),
    ],
    [
      "removeAttribute leaves other tags byte for byte",
      "<p  class=x   >A</p>",
      "<p  class=x   >A</p>",
      at(".x", "removeAttribute", "id", null),
    ],
    [
      "addClass keeps the others as they are written",
      '<p class="x  a&amp;b">A</p>',
      '<p class="x  a&amp;b n m">A</p>',
      addClass("n m"),
    ],
    ["addClass keeps a class that is there", "<p class='x n'>A</p>", "<p class='x n'>A</p>", addClass("n")],
    ["addClass knows a class by any spelling", '<p class="x &#110;">A</p>', '<p class="x &#110;">A</p>', addClass("n")],
    ["addClass gives a first class", "<p id=i>A</p>", '<p id=i class="n">A</p>', at("#i", "addClass", null, "n")],
    [
      "addClass does not take half a name for a class",
      '<p class="x night">A</p>',
      '<p class="x night n">A</p>',
      addClass("n"),
    ],
    ["removeClass keeps the others", '<p class="a x  b">A</p>', '<p class="a b">A</p>', removeClass("x")],
    ["removeClass leaves other tags byte for byte", '<p class="a  x">A</p>', '<p class="a  x">A</p>', removeClass("n")],
    ["setStyle adds", "<p class=x>A</p>", '<p class=x style="color: red">A</p>', style("color", "red")],
    [
      "setStyle replaces its own property alone",
      '<p class=x style="COLOR:blue;margin:0">A</p>',
      '<p class=x style="margin:0; color: red">A</p>',
      style("color", "red"),
    ],
    [
      "setStyle is not misled by semicolons in URLs and references",
      '<p class=x style="background:url(data:a;b);font:&quot;a;b&quot;">A</p>',
      '<p class=x style="background:url(data:a;b); font:&quot;a;b&quot;; color: red">A</p>',
      style("color", "red"),
    ],
    [
      "setStyle sets custom properties",
      "<p class=x style='--Gap:1px'>A</p>",
      '<p class=x style="--Gap:1px; --gap: 2px">A</p>',
      style("--gap", "2px"),
    ],
  ),
)("$does", ({ from, to, operation }) => {
  it("changes what it should and nothing else", async ({ expect }) => {
    expect(await apply(from, operation)).toEqual({ text: to, failures: [] });
  });
});

describe("what is refused leaves the element as it was", () => {
  it.for([
    ["an event handler", attribute("onclick", "go()")],
    ["an event handler in capitals", attribute("OnLoad", "go()")],
    ["srcdoc", attribute("srcdoc", "<p>")],
    ["a script URL", attribute("href", "javascript:go()")],
    ["a script URL with white space", attribute("href", " java\tscript:go()")],
    ["a script URL with control characters", attribute("href", "\u0001javascript:go()")],
    ["a script URL with references", attribute("href", "javascript&colon;go()")],
    ["a document in a URL", attribute("src", "data:text/html,<script>go()</script>")],
    ["a script URL among others", attribute("srcset", "a.png 1x, javascript:go() 2x")],
    ["a name that ends the tag", attribute("a><script", "")],
    ["a name with a quote", attribute('a"b', "")],
    ["HTML with an event handler", html("append", "<img src=a onerror=go()>")],
    ["HTML with a script URL", html("before", '<a href="java&#x73;cript:go()">a</a>')],
    ["HTML that does not end", html("after", '<b title="')],
    ["HTML that swallows the page", html("after", "<!-- a")],
    ["a style with another declaration", style("color", "red; position: fixed")],
    ["a style that is not closed", style("background", "url(a")],
    ["an empty class", addClass(" ")],
  ] as const)("%s", async ([, operation], { expect }) => {
    const result = await apply("<p  class=x>A</p>", operation);
    expect(result.text).toBe("<p  class=x>A</p>");
    expect(result.failures).toHaveLength(1);
  });

  it.for(["script", "style", "iframe"])("text into <%s>", async (tag, { expect }) => {
    const source = `<${tag} class=x>a</${tag}>z`;
    const result = await apply(source, text("N"));
    expect(result).toEqual({ text: source, failures: [`setText .x: <${tag}> holds no HTML`] });
  });

  it("content into a void element", async ({ expect }) => {
    const result = await apply("<br class=x>z", html("append", "N"));
    expect(result).toEqual({ text: "<br class=x>z", failures: ["append .x: <br> has no content"] });
  });
});

describe("a page whose charset is not certain", () => {
  it.for(["text/html", "text/html; charset=windows-1252", "text/html; charset=Shift_JIS", "text/html; charset=gbk"])(
    "%s: is given ASCII only",
    async (type, { expect }) => {
      expect((await apply("<p class=x>A</p>", text("é日😀"), type)).text).toBe(
        "<p class=x>&#233;&#26085;&#128512;</p>",
      );
      expect((await apply("<p class=x>A</p>", attribute("title", "é"), type)).text).toBe(
        '<p class=x title="&#233;">A</p>',
      );
      const script = html("append", "<b>é</b><script>a='é😀'</script><style>a{content:'é'}</style>");
      const ascii = "A<b>&#233;</b><script>a='\\u00e9\\ud83d\\ude00'</script><style>a{content:'\\e9 '}</style>";
      expect((await apply("<p class=x>A</p>", script, type)).text).toBe(`<p class=x>${ascii}</p>`);
    },
  );

  it("keeps the bytes of the other classes, whatever charset they are in", async ({ expect }) => {
    const bytes = new Uint8Array([
      ...new TextEncoder().encode("<p class='x "),
      0xe9,
      ...new TextEncoder().encode("'>A</p>"),
    ]);
    const answer = new Response(bytes, { headers: { "content-type": "text/html" } });
    const rendered = await render(answer, doing(addClass("n")));
    expect(new Uint8Array(await rendered.response.arrayBuffer())).toEqual(bytes);
    expect((await rendered.outcome).failures).toHaveLength(1);
  });
});

describe("an XHTML page", () => {
  const xhtml = "application/xhtml+xml; charset=utf-8";
  it("takes only well-formed HTML", async ({ expect }) => {
    expect((await apply("<p class='x'>A</p>", html("append", "<br/>é"), xhtml)).text).toBe("<p class='x'>A<br/>é</p>");
    const result = await apply("<p class='x'>A</p>", html("append", "<br>"), xhtml);
    expect(result.text).toBe("<p class='x'>A</p>");
    expect(result.failures).toHaveLength(1);
  });
});
