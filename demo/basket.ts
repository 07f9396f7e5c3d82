import { deliveryOf } from "./money.ts";
import type { Book } from "./stock/book.ts";
import { findBook } from "./stock/shelves.ts";

/** One title in the basket. `quantity` is 1 to `maxQuantity`. */
export interface Line {
  readonly book: Book;
  readonly quantity: number;
}

/** What a visitor means to buy, in the order in which they chose it. */
export type Basket = readonly Line[];

/** What a basket comes to. */
export interface Sums {
  readonly count: number;
  readonly subtotalPence: number;
  readonly deliveryPence: number;
  readonly totalPence: number;
}

/** The shop sells no more than this many copies of a title at once. */
export const maxQuantity = 20;

/** Reads the basket cookie (`slug*2.slug*1`). What it does not understand it leaves out. */
export function parseBasket(text: string): Basket {
  return text.split(".").reduce<Basket>((basket, part) => {
    const [slug = "", quantity = ""] = part.split("*");
    const book = findBook(slug);
    return book === null || !/^\d{1,2}$/u.test(quantity) ? basket : add(basket, book, Number(quantity));
  }, []);
}

/** The basket as its cookie carries it. */
export function formatBasket(basket: Basket): string {
  return basket.map(({ book, quantity }) => `${book.slug}*${quantity}`).join(".");
}

/** The basket with `quantity` more copies, up to the most the shop sells. */
export function add(basket: Basket, book: Book, quantity: number): Basket {
  const held = basket.find((line) => line.book === book)?.quantity ?? 0;
  return put(basket, book, held + quantity);
}

/** The basket with exactly `quantity` copies; none removes the line. */
export function put(basket: Basket, book: Book, quantity: number): Basket {
  const line: Line = { book, quantity: Math.min(quantity, maxQuantity) };
  const isHeld = basket.some((held) => held.book === book);
  const next = isHeld ? basket.map((held) => (held.book === book ? line : held)) : [...basket, line];
  return next.filter((held) => held.quantity > 0);
}

/** Adds a basket up. */
export function sumsOf(basket: Basket): Sums {
  const count = basket.reduce((sum, line) => sum + line.quantity, 0);
  const subtotalPence = basket.reduce((sum, line) => sum + line.quantity * line.book.pricePence, 0);
  const deliveryPence = deliveryOf(subtotalPence);
  return { count, subtotalPence, deliveryPence, totalPence: subtotalPence + deliveryPence };
}
