import { it } from "vitest";
import { render } from "../../../src/edge/render.ts";
import { doing } from "../decisions.ts";
import { inPieces, streamedPage } from "../guard/streamed.ts";

/** Longer than what is read whole, so that the page streams. */
const filler = `<p>${"words and words ".repeat(2000)}</p>`;

it("an element that does not end yet holds nobody up", async ({ expect }) => {
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  const encoder = new TextEncoder();
  void writer.write(encoder.encode(`${filler}<main id=m><p>first</p>`));
  const decision = doing({ selector: "#m", action: "append", value: "<p>ours</p>" });
  const { response, outcome } = await render(streamedPage(readable), decision);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let seen = "";
  while (!seen.includes("first")) seen += (await reader?.read())?.value ?? "";
  expect(seen).toContain("<main id=m><p>first");
  void writer.write(encoder.encode("<p>last</p></main>end")).then(() => writer.close());
  for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) seen += part.value;
  expect(seen.endsWith("<p>last</p><p>ours</p></main>end")).toBe(true);
  expect((await outcome).matches.get("#m")).toBe(1);
});

it("an element that ends with the one around it takes nothing of the page with it", async ({ expect }) => {
  const decision = doing({ selector: ".x", action: "setText", value: "N" });
  const pieces = [`${filler}${filler}${filler}<div>`, "<p class=x>old", "</div><footer>", "stays</footer>"];
  const { response } = await render(streamedPage(inPieces(pieces)), decision);
  expect((await response.text()).replaceAll(filler, "")).toMatch(
    /^<div><p class=x>N(<\/p>)?<\/div><footer>stays<\/footer>$/,
  );
});

it("counts what was found before and after HTMLRewriter took over", async ({ expect }) => {
  const cases = { selector: ".x", action: "setText", value: "N" } as const;
  const pieces = [
    `<i class=x>1</i>${filler}<svg>`,
    "<title class=x>2</title></svg>",
    "<i class=x>3</i>",
    "<li class=x>4<li>5",
  ];
  const { response, outcome } = await render(streamedPage(inPieces(pieces)), doing(cases));
  const text = await response.text();
  expect(text.replace(filler, "")).toBe(
    "<i class=x>N</i><svg><title class=x>N</title></svg><i class=x>N</i><li class=x>N</li><li>5",
  );
  expect((await outcome).matches.get(".x")).toBe(4);
});

it("what HTMLRewriter must not see goes out as it came", async ({ expect }) => {
  const danger = "<select><style>b</style></select><i class=x>2</i>";
  const pieces = [`<i class=x>1</i>${filler}`, danger, "<i class=x>3</i>"];
  const decision = doing({ selector: ".x", action: "addClass", value: "y" });
  const { response, outcome } = await render(streamedPage(inPieces(pieces)), decision);
  expect((await response.text()).replace(filler, "")).toBe(`<i class="x y">1</i>${danger}<i class=x>3</i>`);
  expect((await outcome).matches.get(".x")).toBe(1);
});

it("a body that breaks off breaks off for the visitor", async ({ expect }) => {
  const source: ReadableStream<Uint8Array> = new ReadableStream({
    type: "bytes",
    pull(controller) {
      controller.enqueue(new TextEncoder().encode(`<i class=x>1</i>${filler}`));
      controller.error(new Error("reset"));
    },
  });
  const { response, outcome } = await render(
    streamedPage(source),
    doing({ selector: ".x", action: "setText", value: "N" }),
  );
  await expect(response.text()).rejects.toThrow();
  await outcome;
});
