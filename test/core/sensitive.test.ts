import { describe, it } from "vitest";
import { sensitiveIn } from "../../src/core/sensitive.ts";

describe("what must not be kept", () => {
  const addresses = [
    "ann@shop.example",
    "Ann <ann@shop.example>",
    "a@b.co",
    "mail:ann+tag@sub.shop.example?x",
    "/?m=ann%40shop.example",
    "ann＠shop．example",
    "анна@почта.рф",
    "ann@xn--80a.xn--p1ai",
  ];
  it.for(addresses)("is an e-mail address: %s", (text, { expect }) => expect(sensitiveIn(text)).toBe("email"));

  const cards = [
    "4111111111111111",
    "pay 4111 1111 1111 1111 now",
    "5500-0000-0000-0004",
    "378282246310005",
    "6011000990139424",
    "４１１１１１１１１１１１１１１１",
    4_111_111_111_111_111,
    "4222222222222",
  ];
  it.for(cards)("is a card's number: %s", (value, { expect }) => expect(sensitiveIn(value)).toBe("card"));

  const harmless = [
    "",
    "@",
    "a@b",
    "@handle and @other.",
    "user@host:22",
    "price 12.50",
    "4111111111111112",
    "1234567890128",
    "411111111111",
    "0.4111111111111111",
    "12345678901234567890123456789",
    1_795_435_200_000,
    0.1,
  ];
  it.for(harmless)("is not: %s", (value, { expect }) => expect(sensitiveIn(value)).toBeNull());

  it("is looked for in linear time", ({ expect }) => {
    const startMs = performance.now();
    for (const piece of ["a", "a@", "@a.", "4", "4 ", "a@b."]) sensitiveIn(piece.repeat(100_000));
    expect(performance.now() - startMs).toBeLessThan(2_000);
  });
});
