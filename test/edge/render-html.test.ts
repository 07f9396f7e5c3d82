import { describe, it } from "vitest";
import { render } from "../../src/edge/render.ts";
import { type AuthoredHtml, decisionOf, doing, given, page } from "./decisions.ts";
import { cut, inPieces, streamedPage } from "./guard/streamed.ts";

const text = (selector: string, value: string): AuthoredHtml => ({ selector, action: "setText", value });

describe("what is not touched", () => {
  const html = "<h1>A</h1>";
  const answer = (headers: Record<string, string>, status = 200) => new Response(html, { status, headers });
  const type = { "content-type": "text/html; charset=utf-8" };
  const doingSomething = doing(text("h1", "N"));

  it.for([
    ["another type", answer({ "content-type": "text/plain" })],
    ["a type that begins alike", answer({ "content-type": "text/htmlx" })],
    ["no type", new Response(new TextEncoder().encode(html))],
    ["two types", answer({ "content-type": "text/html, text/plain" })],
    ["SVG", answer({ "content-type": "image/svg+xml" })],
    ["another status", answer(type, 404)],
    ["a part of a page", answer(type, 206)],
    ["no-transform", answer({ ...type, "cache-control": "public, no-transform" })],
    ["an unknown coding", answer({ ...type, "content-encoding": "aws-chunked" })],
    ["two codings", answer({ ...type, "content-encoding": "gzip, br" })],
    ["a charset that is no superset of ASCII", answer({ "content-type": "text/html; charset=utf-16" })],
    ["a charset with escapes", answer({ "content-type": "text/html; charset=iso-2022-jp" })],
    ["an unknown charset", answer({ "content-type": "text/html; charset=bogus" })],
    ["an empty body", new Response(null, { headers: type })],
    [
      "an empty coded body",
      new Response("", { headers: { ...type, "content-encoding": "gzip", "content-length": "0" } }),
    ],
  ] as const)("%s: the very same response goes out", async ([, origin], { expect }) => {
    const rendered = await render(origin, doingSomething);
    expect(rendered.response).toBe(origin);
    expect(rendered.changed).toBe(false);
    expect(origin.bodyUsed).toBe(false);
    expect((await rendered.outcome).touched.size).toBe(0);
  });

  it("a request other than GET", async ({ expect }) => {
    const origin = answer(type);
    expect((await render(origin, doingSomething, { method: "HEAD", statuses: new Set([200]) })).response).toBe(origin);
  });

  it("a decision that looks at nothing on the page", async ({ expect }) => {
    const origin = answer(type);
    expect((await render(origin, decisionOf([given("hero", {})]))).response).toBe(origin);
  });

  it("is touched all the same under a status that the caller asks for", async ({ expect }) => {
    const rendered = await render(answer(type, 404), doingSomething, { method: "GET", statuses: new Set([404]) });
    expect(rendered.response.status).toBe(404);
    expect(await rendered.response.text()).toBe("<h1>N</h1>");
  });
});

describe("a decision of several experiences", () => {
  const html = "<h1>A</h1><p>B</p>";

  it("gives the last word to the highest priority", async ({ expect }) => {
    const high = given("high", { html: [text("h1", "high")] });
    const low = given("low", { html: [text("h1", "low"), text("p", "low")] });
    const { response } = await render(page(html), decisionOf([high, low]));
    expect(await response.text()).toBe("<h1>high</h1><p>low</p>");
  });

  it("touches the same experiences in every arm, and says so only for what matched", async ({ expect }) => {
    const arm = given("hero", { html: [text("h1", "N")], watchedSelectors: ["h1"] });
    const control = given("hero", { html: [], watchedSelectors: ["h1"] });
    const elsewhere = given("other", { html: [], watchedSelectors: [".none"] });
    for (const variant of [arm, control]) {
      for (const answer of [page(html), streamedPage(inPieces(cut(html, 4)))]) {
        const rendered = await render(answer, decisionOf([variant, elsewhere]));
        await rendered.response.text();
        const { touched, matches } = await rendered.outcome;
        expect([...touched]).toEqual(["hero"]);
        expect(Object.fromEntries(matches)).toEqual({ h1: 1, ".none": 0 });
      }
    }
  });

  it("leaves the control arm's page byte for byte, and says that it is unchanged", async ({ expect }) => {
    const odd = "<H1  class=a >A</h1 ><p>B&amp;é<p>";
    const rendered = await render(page(odd), decisionOf([given("hero", { watchedSelectors: ["h1", "p"] })]));
    expect(rendered.changed).toBe(false);
    expect(await rendered.response.text()).toBe(odd);
  });

  it("records a template that throws and carries on with the others", async ({ expect }) => {
    const variant = given("hero", { html: [text("h1", "N"), text("p", "N")] });
    const [first, ...others] = variant.plan.html;
    const broken = () => {
      throw new Error("too long");
    };
    if (first === undefined) throw new Error("no operation");
    const decision = decisionOf([
      { ...variant, plan: { ...variant.plan, html: [{ ...first, value: broken }, ...others] } },
    ]);
    const { response, outcome } = await render(page(html), decision);
    expect(await response.text()).toBe("<h1>A</h1><p>N</p>");
    expect((await outcome).failures).toEqual([{ experience: "hero", what: "setText h1: too long" }]);
  });

  it("does not let a trait break out of where it lands", async ({ expect }) => {
    const trait = `</script><img src=a onerror=go()>" onload="go()'>\u0000`;
    const operations: AuthoredHtml[] = [
      text("h1", "{{ visitor.name }}"),
      { selector: "p", action: "setAttribute", name: "title", value: "{{ visitor.name }}" },
      { selector: "p", action: "append", value: '<b title="{{ visitor.name }}">{{ visitor.name }}</b>' },
      { selector: "p", action: "setAttribute", name: "data-href", value: "/books/{{ visitor.name }}" },
    ];
    const decision = decisionOf([given("hero", { html: operations })], {
      visitor: { name: trait },
      context: {},
      slot: {},
    });
    const { response } = await render(page(html), decision);
    const found: string[] = [];
    const tags = new HTMLRewriter().on("*", {
      element: (element) => void found.push(`${element.tagName} ${[...element.attributes].map(([name]) => name)}`),
    });
    await tags.transform(response).text();
    expect(found).toEqual(["h1 ", "p title,data-href", "b title"]);
  });
});

describe("a page that leaves out the tags of its parts", () => {
  const decision = doing(
    { selector: "head", action: "prepend", value: "<meta name=a>" },
    { selector: "head", action: "append", value: "<meta name=b>" },
    { selector: "body", action: "prepend", value: "<i>c</i>" },
    { selector: "body", action: "append", value: "<i>d</i>" },
  );
  it.for([
    [
      "<!doctype html><html><head><title>T</title></head><body><p>A</p></body></html>",
      "<!doctype html><html><head><meta name=a><title>T</title><meta name=b></head><body><i>c</i><p>A</p><i>d</i></body></html>",
    ],
    [
      "<!doctype html><title>T</title><p>A</p>",
      "<!doctype html><head><meta name=a><title>T</title><meta name=b></head><body><i>c</i><p>A</p><i>d</i></body>",
    ],
    [
      "<script><!-- <script> x </script> --></script><p>A</p>",
      "<head><meta name=a><script><!-- <script> x </script> --></script><meta name=b></head><body><i>c</i><p>A</p><i>d</i></body>",
    ],
    [
      "<template><title>x</title><template></template></template>\n<![if !IE]><p>A</p>",
      "<head><meta name=a><template><title>x</title><template></template></template>\n<![if !IE]><meta name=b></head><body><i>c</i><p>A</p><i>d</i></body>",
    ],
    ["<p>A</p>", "<head><meta name=a><meta name=b></head><body><i>c</i><p>A</p><i>d</i></body>"],
    [
      "<html><head><script>'</head><body>'</script><!-- </head><body> --><title>T</title><body><p>A",
      "<html><head><meta name=a><script>'</head><body>'</script><!-- </head><body> --><title>T</title><meta name=b></head><body><i>c</i><p>A<i>d</i></body>",
    ],
    [
      "<head></head><body>A</body><body>B</body>",
      "<head><meta name=a><meta name=b></head><body><i>c</i>A<i>d</i></body><body>B</body>",
    ],
  ] as const)("%s", async ([source, expected], { expect }) => {
    for (const answer of [
      page(source),
      streamedPage(inPieces(cut(source, 1000))),
      streamedPage(inPieces([source.slice(0, -7), source.slice(-7)])),
    ]) {
      const { response, outcome } = await render(answer, decision);
      expect(await response.text()).toBe(expected);
      expect([...(await outcome).touched]).toEqual(["hero"]);
    }
  });
});

describe("a streamed page", () => {
  it("sends what has come before the rest is there", async ({ expect }) => {
    const { readable, writable } = new IdentityTransformStream();
    const writer = writable.getWriter();
    const encoder = new TextEncoder();
    void writer.write(encoder.encode("<h1>A</h1><p>"));
    const { response } = await render(streamedPage(readable), doing(text("h1", "N")));
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(new TextDecoder().decode(first?.value)).toContain("<h1>N</h1>");
    void writer.write(encoder.encode("B</p>")).then(() => writer.close());
    let rest = "";
    for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
      rest += new TextDecoder().decode(read.value);
    }
    expect(rest).toContain("B</p>");
  });

  it("breaks off where the origin's page breaks off", async ({ expect }) => {
    for (const waitMs of [0, 5]) {
      const { readable, writable } = new IdentityTransformStream();
      const writer = writable.getWriter();
      void writer
        .write(new TextEncoder().encode("<h1>A</h1><p>"))
        .then(() => scheduler.wait(waitMs))
        .then(() => writer.abort(new Error("reset")))
        .catch(() => {});
      const { response, outcome } = await render(streamedPage(readable), doing(text("h1", "N")));
      await expect(response.text()).rejects.toThrow();
      expect((await outcome).failures).toEqual([]);
    }
  });

  it("stops the origin when nobody reads any more", async ({ expect }) => {
    const { promise: cancelled, resolve } = Promise.withResolvers<string>();
    const body = new ReadableStream({
      type: "bytes",
      async pull(controller) {
        await scheduler.wait(1);
        controller.enqueue(new TextEncoder().encode(`<p>${"a".repeat(1000)}</p>`));
      },
      cancel: () => resolve("cancelled"),
    });
    const { response, outcome } = await render(streamedPage(body), doing(text("h1", "N")));
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    expect(await cancelled).toBe("cancelled");
    expect((await outcome).touched.size).toBe(0);
  });
});
