import { afterAll, beforeAll, describe, it } from "vitest";
import { genres } from "../../demo/stock/genres.ts";
import { books } from "../../demo/stock/shelves.ts";
import { openShop } from "./visitor.ts";

let shop: Awaited<ReturnType<typeof openShop>>;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

const pages = [
  "/",
  "/basket",
  "/order",
  "/thanks",
  "/search",
  "/search?q=moth",
  "/account",
  "/newsletter",
  "/about",
  ...genres.map(({ slug }) => `/genre/${slug}`),
  ...books.map(({ slug }) => `/books/${slug}`),
];

const textOf = async (path: string): Promise<string> => (await shop.visitor().get(path)).text();
const matches = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? "");

describe("the shop's pages", () => {
  it("answers every page with 200 and a title of its own", async ({ expect }) => {
    const titles = new Set<string>();
    for (const path of pages) {
      const response = await shop.visitor().get(path);
      expect(response.status, path).toBe(200);
      expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(response.headers.get("cache-control")).toBe("no-cache");
      titles.add(matches(await response.text(), /<title>(.*?)<\/title>/gu)[0] ?? "");
    }
    expect(titles.size).toBe(pages.length);
  });

  it("has no internal link, image or style sheet that leads nowhere", async ({ expect }) => {
    const seen = new Set<string>(pages);
    for (const path of pages) {
      for (const link of matches(await textOf(path), /(?:href|src)="(\/[^"#]*)/gu))
        seen.add(link.replaceAll("&amp;", "&"));
    }
    const found = await Promise.all(
      [...seen].map(async (path) => ({ path, status: (await shop.visitor().get(path)).status })),
    );
    expect(found.filter(({ status }) => status !== 200)).toEqual([]);
    expect(seen.size).toBeGreaterThan(pages.length + books.length);
  });

  it("points every fragment and label at an id that is there, once", async ({ expect }) => {
    for (const path of pages) {
      const text = await textOf(path);
      const ids = matches(text, /\sid="([^"]+)"/gu);
      expect(new Set(ids).size, path).toBe(ids.length);
      const wanted = [...matches(text, /href="#([^"]+)"/gu), ...matches(text, /\sfor="([^"]+)"/gu)];
      expect(
        wanted.filter((id) => !ids.includes(id)),
        path,
      ).toEqual([]);
      expect(matches(text, /<(h1)[ >]/gu), path).toHaveLength(1);
    }
  });

  it("keeps the hooks that the personalization configuration uses", async ({ expect }) => {
    const home = await textOf("/");
    for (const hook of ['id="hero"', 'class="lede"', 'class="offer"', 'id="picks"', 'id="nav"', 'id="bestsellers"']) {
      expect(home).toContain(hook);
    }
    for (const { slug } of genres) expect(home).toContain(`class="shelf" id="shelf-${slug}" data-genre="${slug}"`);
  });

  it("gives each book its facts for machines", async ({ expect }) => {
    const text = await textOf("/books/moth-light");
    const data: unknown = JSON.parse(matches(text, /<script type="application\/ld\+json">(.*?)<\/script>/gsu)[0] ?? "");
    const offers = { price: "11.99", priceCurrency: "GBP" };
    expect(data).toMatchObject({
      "@type": ["Product", "Book"],
      author: { name: "Gwen Tarrow" },
      genre: "Nature",
      offers,
    });
    expect(text).toContain('<meta property="og:type" content="book">');
    expect(text).toContain('<meta property="product:price:amount" content="11.99">');
  });

  it("escapes what was searched for, wherever the page repeats it", async ({ expect }) => {
    const text = await textOf(`/search?q=${encodeURIComponent(`"><script>alert('x')</script>&`)}`);
    expect(text).not.toContain("<script>alert");
    expect(text.split("&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;").length - 1).toBe(5);
  });

  it("finds a book by mood, and by title with either apostrophe", async ({ expect }) => {
    expect(await textOf("/search?q=late+night")).toContain('href="/books/moth-light"');
    expect(await textOf("/search?q=ferryman's")).toContain('data-count="1"');
    expect(await textOf("/search?q=zzz")).toContain('data-count="0"');
  });

  it("says 404, in the shop's own frame, for what it does not have", async ({ expect }) => {
    for (const path of ["/books/no-such-book", "/genre/westerns", "/nowhere", "/books/", "/%E0%A4%A"]) {
      const response = await shop.visitor().get(path);
      expect(response.status, path).toBe(404);
      expect(await response.text()).toContain('id="not-found"');
    }
  });

  it("gives a first visit two cookies in two headers, one of them with a comma", async ({ expect }) => {
    const visitor = shop.visitor();
    const cookies = (await visitor.get("/")).headers.getSetCookie();
    expect(cookies).toHaveLength(2);
    expect(cookies[1]).toMatch(/Expires=\w{3}, /u);
    expect((await visitor.get("/")).headers.getSetCookie()).toHaveLength(0);
  });

  it("lets assets be kept and revalidated", async ({ expect }) => {
    const response = await shop.visitor().get("/assets/covers/moth-light.svg");
    const etag = response.headers.get("etag") ?? "";
    expect(response.headers.get("content-type")).toBe("image/svg+xml; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("public, max-age=3600");
    const again = await fetch(response.url, { headers: { "if-none-match": `W/${etag}` } });
    expect([etag.length > 10, again.status, again.headers.get("etag")]).toEqual([true, 304, etag]);
  });

  it("answers HEAD like GET without a body, and refuses other methods", async ({ expect }) => {
    const { url } = await shop.visitor().get("/about");
    const head = await fetch(url, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    const put = await fetch(url, { method: "PUT" });
    expect([put.status, put.headers.get("allow")]).toEqual([405, "GET"]);
  });
});
