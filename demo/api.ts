import { type Answer, json, problem } from "./answer.ts";
import { sumsOf } from "./basket.ts";
import { freeDeliveryPence, pounds } from "./money.ts";
import type { Book } from "./stock/book.ts";
import { bestsellers, books, findBook, searchBooks, similarTo } from "./stock/shelves.ts";
import type { Visit } from "./visit.ts";

const recommendationCount = 4;

/** `GET /api/books?genre=&q=`: the catalogue, whole or narrowed. */
export function booksApi({ url }: Visit): Answer {
  const genre = url.searchParams.get("genre");
  const query = url.searchParams.get("q");
  const found = (query === null ? books : searchBooks(query)).filter((book) => genre === null || book.genre === genre);
  return json({ total: found.length, books: found.map(brief) });
}

/** `GET /api/books/<slug>`: all about one book. */
export function bookApi(_visit: Visit, slug: string): Answer {
  const book = findBook(slug);
  if (book === null) return unknownBook(slug);
  const { format, pages, year, stock, moods, blurb, opening, review } = book;
  return json({ ...brief(book), format, pages, year, stock, moods, blurb, opening, review });
}

/** `GET /api/recommendations?for=<slug>`: books like that one, or the bestsellers when none is named. */
export function recommendationsApi({ url }: Visit): Answer {
  const slug = url.searchParams.get("for");
  if (slug === null) {
    const items = bestsellers().slice(0, recommendationCount).map(brief);
    return json({ for: null, heading: "This month’s bestsellers", strategy: "bestsellers", items });
  }
  const book = findBook(slug);
  if (book === null) return unknownBook(slug);
  const items = similarTo(book, recommendationCount).map(brief);
  return json({ for: slug, heading: "Readers also took home", strategy: "similar", items });
}

/** `GET /api/basket`: this visitor's basket and what it comes to. */
export function basketApi({ basket }: Visit): Answer {
  const sums = sumsOf(basket);
  const lines = basket.map(({ book, quantity }) => ({
    ...brief(book),
    quantity,
    linePence: book.pricePence * quantity,
  }));
  return json({ lines, ...sums, currency: "GBP", total: pounds(sums.totalPence), freeDeliveryPence });
}

function brief({ slug, title, author, genre, tagline, pricePence }: Book) {
  const price = pounds(pricePence);
  const cover = `/assets/covers/${slug}.svg`;
  return { slug, title, author, genre, tagline, pricePence, price, currency: "GBP", url: `/books/${slug}`, cover };
}

function unknownBook(slug: string): Answer {
  return problem(404, "No such book", `The shop has no book “${slug}”.`);
}
