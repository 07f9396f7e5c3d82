import { fc, test as property } from "@fast-check/vitest";
import { describe, it } from "vitest";
import { PageLexer } from "../../../src/edge/guard/page-lexer.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("latin1");

/** The names of the start tags that the lexer sees, reading the page in pieces of `size` bytes. */
function lexed(html: string, size: number): { names: string[]; danger: boolean } {
  const lexer = new PageLexer();
  const bytes = encoder.encode(html);
  const names: string[] = [];
  const begin = lexer.elements.begin.bind(lexer.elements);
  lexer.elements.begin = (bits, from) => {
    const tag = decoder.decode(bytes.subarray(from, from + 400));
    names.push(/^<([^\s/>]*)/.exec(tag)?.[1]?.toLowerCase() ?? "");
    begin(bits, from);
  };
  let at = 0;
  for (let until = size; ; until += size) {
    const isLast = until >= bytes.length;
    const { settled, danger } = lexer.read(bytes.subarray(at, until), at, isLast);
    if (danger !== null) return { names, danger: true };
    at += settled;
    if (isLast) return { names, danger: false };
  }
}

/** The names of the start tags that HTMLRewriter sees; `null` when it gives up. */
async function rewritten(html: string): Promise<string[] | null> {
  const names: string[] = [];
  const rewriter = new HTMLRewriter().on("*", { element: ({ tagName }) => void names.push(tagName) });
  try {
    await rewriter.transform(new Response(html, { headers: { "content-type": "text/html; charset=utf-8" } })).text();
    return names;
  } catch {
    return null;
  }
}

const tagNames = fc.constantFrom(
  ..."a b p div li ul select option style script title textarea template svg math desc foreignObject noscript iframe table tr td img input h1 plaintext xmp".split(
    " ",
  ),
);
const attributes = fc.constantFrom(
  "",
  " a",
  " a=b",
  ' a="b>c"',
  " a='<p>'",
  ' ="x"',
  " a=b/",
  ' "a>b"',
  " a = '>' /",
  "/",
  " a/b=c",
);
const piece = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(tagNames, attributes).map(([name, rest]) => `<${name}${rest}>`) },
  { weight: 4, arbitrary: tagNames.map((name) => `</${name}>`) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ..."x|<|</|<!|<!--|-->|--!>|<!-->|<!--->|<!doctype html>|<?php a > b ?>|</ a>|</>|<![CDATA[|]]>|<!-- <script> |</SCRIPT|<P|\"|'|>|&lt;|<a<b>| é".split(
        "|",
      ),
    ),
  },
);
const soup = fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join(""));

describe("the guard's lexer", () => {
  property.prop([soup, fc.integer({ min: 1, max: 40 })], { numRuns: 3000 })(
    "sees the tags that HTMLRewriter sees, however the page is cut, and its dangers before it",
    async (html, size) => {
      const expected = await rewritten(html);
      const { names: seen, danger } = lexed(html, size);
      if (expected === null) return danger;
      return danger
        ? JSON.stringify(seen) === JSON.stringify(expected.slice(0, seen.length))
        : JSON.stringify(seen) === JSON.stringify(expected);
    },
  );

  it.for([
    "<p>a</p>",
    "<script>if (a<b) '<select><style>'</script><select><option>a</select>",
    "<!-- <select><style> --><style>a</style>",
    '<p title="<select><style>">a</p><style>a</style>',
    "<select><option>a</select><style>a</style>",
    "<select><input><style>a</style>",
    "<svg><style/><title/></svg><p>a</p>",
  ])("lets %s through", (html, { expect }) => {
    expect(lexed(html, 1000).danger).toBe(false);
  });

  it("finds dangers of depth and size", ({ expect }) => {
    expect(lexed("<b>".repeat(7900), 65_536).danger).toBe(false);
    expect(lexed("<b>".repeat(8100), 65_536).danger).toBe(true);
    expect(lexed(`<p data-x="${"x".repeat(1 << 20)}`, 65_536).danger).toBe(false);
    expect(lexed(`<p data-x="${"x".repeat(2 << 20)}">a</p>`, 65_536).danger).toBe(true);
  });
});
