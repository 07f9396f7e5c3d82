import { fc, test as property } from "@fast-check/vitest";
import { describe } from "vitest";
import { render } from "../../../src/edge/render.ts";
import { type AuthoredHtml, decisionOf, given, page } from "../decisions.ts";
import { cut, streamedPage } from "../guard/streamed.ts";

const pieces = fc.constantFrom(
  ..."<p class=x>|<p class='a x b'>|</p>|<li class=x>|<li>|</li>|<ul id=y>|</ul>|<div id=y class=x>|<div>|</div>|<div id=z/>|<div class=x />|<i id=y/>|<DIV CLASS=x Id='y' >|</DIV>|<img class=x>|<img id=y />|<br class=x/>|<select>|<option class=x>|</select>|<style class=x>|</style>|<title id=y>|</title>|<a href='>' class=\"x\">|</a>|<h1 class=x>|</h2>|<script class=x>a<b</script>|<!-- <p class=x> -->|<svg>|<path class=x />|<title/>|</svg>|<template>|</template>|text x y|<|<p|=|\"|<textarea class=x>|</textarea>|<td class=x>|<table>|</table>|<head>|</head>|<body class=x>|</body>|<p =x class=x data-k=1/2/>|<p class=\"x\"data-k='\"'id=q>|<b data-k CLASS=\"x y\">|<i class=x data-k data-k=2 >|é<b id=y title=é>".split(
    "|",
  ),
);
const selector = fc.constantFrom(".x", "#y", "p", "b", "div.x", "p.x, li.x, #z", ".x.b", "title", "li", "i.x,b");
const action = fc.constantFrom<Pick<AuthoredHtml, "action" | "name" | "value">>(
  { action: "setText", value: "T&<" },
  { action: "setHtml", value: "<i>é</i>" },
  { action: "setAttribute", name: "data-k", value: "a\"b'é" },
  { action: "setAttribute", name: "class", value: "x y" },
  { action: "removeAttribute", name: "class" },
  { action: "removeAttribute", name: "data-k" },
  { action: "addClass", value: "new" },
  { action: "removeClass", value: "x" },
  { action: "setStyle", name: "color", value: "red" },
  { action: "prepend", value: "<u>1</u>" },
  { action: "append", value: "<u>2</u>" },
  { action: "before", value: "<u>3</u>" },
  { action: "after", value: "<u>4</u>" },
  { action: "replace", value: "<u>5</u>" },
  { action: "remove" },
);
const operation = fc.tuple(selector, action).map(([selector, action]): AuthoredHtml => ({ selector, ...action }));
const pages = fc.array(pieces, { maxLength: 14 }).map((all) => all.join(""));
const operations = fc.array(operation, { minLength: 1, maxLength: 3 });

/** Later than anybody waits for the rest of a small page, so that it streams. */
function slowly(pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const rest = [...pieces];
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      await scheduler.wait(4);
      const next = rest.shift();
      if (next !== undefined) controller.enqueue(next.slice());
      else controller.close();
    },
  });
}

/** The same operations, asked for in words that only HTMLRewriter understands. */
const forRewriter = (html: readonly AuthoredHtml[]): readonly AuthoredHtml[] =>
  html.map((each) => ({
    ...each,
    selector: each.selector
      .split(",")
      .map((one) => `${one.trim()}:not(none)`)
      .join(","),
  }));

const decisionFor = (html: readonly AuthoredHtml[]) => decisionOf([given("one", { html })]);

async function results(answer: Response, html: readonly AuthoredHtml[]) {
  const { response, outcome } = await render(answer, decisionFor(html));
  const body = await response.text();
  const { matches, failures } = await outcome;
  return {
    body,
    matched: [...matches.values()],
    failures: failures.map(({ what }) => what.replaceAll(":not(none)", "")),
  };
}

describe("editing bytes gives what HTMLRewriter gives", () => {
  property.prop([pages, operations], { numRuns: 600 })(
    "on a whole page",
    async (html, operations) => {
      const direct = await results(page(html), operations);
      const rewritten = await results(page(html), forRewriter(operations));
      return same(direct, rewritten, html, operations);
    },
    60_000,
  );

  property.prop([pages, operations, fc.integer({ min: 6, max: 60 })], { numRuns: 100 })(
    "on a page that comes in pieces",
    async (html, operations, size) => {
      const streamed = () => streamedPage(slowly(cut(html, size)));
      const [direct, rewritten] = [
        await results(streamed(), operations),
        await results(streamed(), forRewriter(operations)),
      ];
      return same(direct, rewritten, html, operations);
    },
    60_000,
  );
});

function same(one: object, other: object, html: string, operations: object): boolean {
  if (JSON.stringify(one) === JSON.stringify(other)) return true;
  throw new Error(
    `${JSON.stringify(html)}\n${JSON.stringify(operations)}\n${JSON.stringify(one)}\n${JSON.stringify(other)}`,
  );
}
