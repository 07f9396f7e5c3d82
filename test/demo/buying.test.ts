import { afterAll, beforeAll, describe, it } from "vitest";
import { openShop } from "./visitor.ts";

let shop: Awaited<ReturnType<typeof openShop>>;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

const address = { name: "Ada", email: "ada@example.org", address: "1 Mill Road", town: "Ely", postcode: "EL1 1AA" };

describe("buying a book", () => {
  it("goes from the basket through the order to the thanks, with cookies alone", async ({ expect }) => {
    const visitor = shop.visitor();
    const added = await visitor.post("/basket", { book: "moth-light", quantity: "2" });
    expect([added.status, added.headers.get("location")]).toEqual([303, "/basket"]);
    expect(added.headers.getSetCookie()).toHaveLength(2);
    await visitor.post("/basket", { book: "woodcut-winter" });

    const basket = await (await visitor.get("/basket")).text();
    expect(basket).toContain('data-count="3" data-subtotal-pence="4798"');
    expect(basket).toContain("“Woodcut Winter” is in your basket.");
    expect(await (await visitor.get("/basket")).text()).not.toContain("is in your basket.");

    const ordered = await visitor.post("/order", address);
    expect([ordered.status, ordered.headers.get("location")]).toEqual([303, "/thanks"]);
    expect(await (await visitor.get("/thanks")).text()).toMatch(/data-order="TL-[0-9A-F]{8}" data-total-pence="4798"/u);
    expect(await (await visitor.get("/basket")).text()).toContain('data-count="0"');
  });

  it("adds to what is there, changes it, and takes it out again", async ({ expect }) => {
    const visitor = shop.visitor();
    const count = async () => JSON.parse(await (await visitor.get("/api/basket")).text()).count;
    await visitor.post("/basket", { book: "moth-light" });
    await visitor.post("/basket", { book: "moth-light", quantity: "30" });
    expect(await count()).toBe(20);
    await visitor.post("/basket/lines", { book: "moth-light", quantity: "3" });
    expect(await count()).toBe(3);
    await visitor.post("/basket/lines", { book: "moth-light", quantity: "0" });
    expect(await count()).toBe(0);
  });

  it("charges for posting below £40 only", async ({ expect }) => {
    const visitor = shop.visitor();
    const sums = async () => JSON.parse(await (await visitor.get("/api/basket")).text());
    await visitor.post("/basket", { book: "a-house-with-eleven-clocks", quantity: "3" });
    expect(await sums()).toMatchObject({ subtotalPence: 3897, deliveryPence: 350, totalPence: 4247 });
    await visitor.post("/basket", { book: "salt-for-the-bees" });
    expect(await sums()).toMatchObject({ subtotalPence: 4896, deliveryPence: 0, totalPence: 4896 });
  });

  it("shows the order again when something is missing, keeps what was written, and escapes it", async ({ expect }) => {
    const visitor = shop.visitor();
    await visitor.post("/basket", { book: "moth-light" });
    const response = await visitor.post("/order", { ...address, name: '"><b>Ada', email: "nobody" });
    const text = await response.text();
    expect(response.status).toBe(422);
    expect(text).toContain('value="&quot;&gt;&lt;b&gt;Ada"');
    expect(text.match(/class="fault"/gu)).toHaveLength(1);
  });

  it("refuses unknown books, odd quantities and endless forms", async ({ expect }) => {
    const visitor = shop.visitor();
    expect((await visitor.post("/basket", { book: "no-such-book" })).status).toBe(404);
    for (const quantity of ["0", "-1", "1e9", "x", ""]) {
      expect((await visitor.post("/basket", { book: "moth-light", quantity })).status, quantity).toBe(400);
    }
    expect((await visitor.post("/basket", { book: "x".repeat(20_000) })).status).toBe(413);
  });

  it("survives a basket cookie that nobody baked", async ({ expect }) => {
    const { url } = await shop.visitor().get("/api/basket");
    for (const value of ["%", "moth-light", "moth-light*99999", "a*b*c...", "moth-light*-1", "<script>"]) {
      const response = await fetch(url, { headers: { cookie: `tl_basket=${value}` } });
      expect(await response.json(), value).toMatchObject({ lines: [], count: 0 });
    }
  });

  it("signs a reader in by name and out again", async ({ expect }) => {
    const visitor = shop.visitor();
    await visitor.post("/account", { name: "<Zoë>", email: "z@example.org" });
    const account = await (await visitor.get("/account")).text();
    expect(account).toContain('<span class="reader-name">&lt;Zoë&gt;</span>');
    await visitor.post("/account/sign-out", {});
    expect(await (await visitor.get("/account")).text()).toContain('data-signed-in="no"');
  });
});
