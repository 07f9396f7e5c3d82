import { afterAll, beforeAll, describe, it } from "vitest";
import { books } from "../../demo/stock/shelves.ts";
import { openShop } from "./visitor.ts";

let shop: Awaited<ReturnType<typeof openShop>>;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

const get = async (path: string) => {
  const response = await shop.visitor().get(path);
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    body: JSON.parse(await response.text()),
  };
};

const mothLight = {
  slug: "moth-light",
  title: "Moth Light",
  author: "Gwen Tarrow",
  genre: "nature",
  pricePence: 1199,
  price: "£11.99",
  currency: "GBP",
  url: "/books/moth-light",
  cover: "/assets/covers/moth-light.svg",
};

describe("the shop's API", () => {
  it("lists the books, narrowed by genre and query", async ({ expect }) => {
    const { type, body } = await get("/api/books");
    expect(type).toBe("application/json; charset=utf-8");
    expect(body).toMatchObject({ total: books.length });
    expect(body.books).toContainEqual(expect.objectContaining(mothLight));
    expect((await get("/api/books?genre=crime")).body.total).toBe(4);
    expect((await get("/api/books?genre=nature&q=late+night")).body.total).toBe(2);
  });

  it("tells all about one book", async ({ expect }) => {
    const { body } = await get("/api/books/moth-light");
    expect(body).toMatchObject({
      ...mothLight,
      format: "Paperback",
      pages: 240,
      stock: 16,
      moods: ["late night", "quiet"],
    });
  });

  it("recommends four other books for a book, and bestsellers for nobody in particular", async ({ expect }) => {
    const { body } = await get("/api/recommendations?for=moth-light");
    const slugs = body.items.map((item: { slug: string }) => item.slug);
    expect(body).toMatchObject({ for: "moth-light", strategy: "similar" });
    expect([slugs.length, slugs[0], slugs.includes("moth-light")]).toEqual([4, "listening-to-snow", false]);
    expect((await get("/api/recommendations")).body).toMatchObject({ for: null, strategy: "bestsellers" });
  });

  it("describes the basket", async ({ expect }) => {
    const visitor = shop.visitor();
    await visitor.post("/basket", { book: "moth-light", quantity: "2" });
    expect(await (await visitor.get("/api/basket")).json()).toMatchObject({
      lines: [{ ...mothLight, quantity: 2, linePence: 2398 }],
      count: 2,
      subtotalPence: 2398,
      deliveryPence: 350,
      totalPence: 2748,
      currency: "GBP",
      total: "£27.48",
      freeDeliveryPence: 4000,
    });
  });

  it("says what is wrong as problem+json", async ({ expect }) => {
    for (const path of ["/api/books/no-such-book", "/api/recommendations?for=no-such-book", "/api/nothing"]) {
      const { status, type, body } = await get(path);
      expect([status, type, body.status]).toEqual([404, "application/problem+json; charset=utf-8", 404]);
    }
  });
});
