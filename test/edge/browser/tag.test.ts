import { describe, it } from "vitest";
import { handle } from "../../../src/edge/handle.ts";
import { edgeWith, everyone, htmlAnswer, originHtml, pageRequest } from "../ports.ts";

const client = { src: "/_caramel/client.js?v=1", integrity: "sha384-AbC" };
const tag = '<script src="/_caramel/client.js?v=1" defer></script>';
const withClient = { ...everyone, client: "page" };

async function pageOf(given: Parameters<typeof edgeWith>[0] = {}, request = pageRequest()) {
  const { edge, seen } = edgeWith({ file: withClient, client, ...given });
  const response = await handle(request, edge);
  const text = await response.text();
  await seen.settled();
  return { response, text, seen };
}

describe("the browser's helper comes along", () => {
  it("at the very beginning of the head, before a <base> could lead it elsewhere", async ({ expect }) => {
    const page =
      '<!doctype html><html><head><base href="https://cdn.example/"><title>Shop</title></head><h1>Books</h1>';
    const { text } = await pageOf({ answer: () => htmlAnswer(page) });
    expect(text).toContain(`<head>${tag}<base`);
    expect(text).toContain("<h1>Hello</h1>");
  });

  it("on pages that leave the head to the browser, and on long ones that stream", async ({ expect }) => {
    expect((await pageOf()).text).toContain(`<head>${tag}<title>`);
    const long = `${originHtml}${"<p>more</p>".repeat(30_000)}`;
    const { text } = await pageOf({ answer: () => htmlAnswer(long) });
    expect(text.split(tag)).toHaveLength(2);
    expect(text).toHaveLength(long.length + tag.length + "<head></head>".length);
  });

  it("to everybody alike, in an experience or not, and exposes nobody", async ({ expect }) => {
    const nobody = {
      ...withClient,
      experiences: { hero: { ...everyone.experiences.hero, audience: { "trait.x": 1 } } },
    };
    const { text, seen } = await pageOf({ file: nobody });
    expect(text).toContain(tag);
    expect(text).toContain("<h1>Books</h1>");
    expect(seen.sent).toEqual([]);
    expect(seen.failures).toEqual([]);
  });

  it("with the page's nonce, and not where the page's policy forbids it", async ({ expect }) => {
    const under = (policy: string) =>
      pageOf({ answer: () => htmlAnswer(originHtml, { "content-security-policy": policy }) });
    expect((await under("script-src 'nonce-abc'")).text).toContain(
      '<script src="/_caramel/client.js?v=1" nonce="abc" defer>',
    );
    expect((await under("script-src https://shop.example")).text).toContain(tag);
    for (const policy of ["script-src 'none'", "script-src https://cdn.example"]) {
      const { text } = await under(policy);
      expect(text).not.toContain("client.js");
      expect(text).toContain("<h1>Hello</h1>");
    }
  });

  it("not to sites that do not ask, crawlers, those who refuse, errors, and documents that are no HTML", async ({
    expect,
  }) => {
    const cases: Awaited<ReturnType<typeof pageOf>>[] = [
      await pageOf({ file: everyone }),
      await pageOf({}, pageRequest("/", { "user-agent": "Googlebot/2.1 (+http://www.google.com/bot.html)" })),
      await pageOf({}, pageRequest("/", { "sec-gpc": "1" })),
      await pageOf({}, pageRequest("/elsewhere")),
      await pageOf({
        answer: () => new Response(originHtml, { status: 404, headers: { "content-type": "text/html" } }),
      }),
      await pageOf({ answer: () => Response.json({ head: 1 }) }),
      await pageOf({
        answer: () => htmlAnswer("<html xmlns='x'><head/></html>", { "content-type": "application/xhtml+xml" }),
      }),
    ];
    for (const { text, seen } of cases) {
      expect(text).not.toContain("client.js");
      expect(seen.failures).toEqual([]);
    }
  });
});
