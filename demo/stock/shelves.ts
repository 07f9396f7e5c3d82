import { art } from "./art.ts";
import type { Book, GenreSlug, Mood } from "./book.ts";
import { crime } from "./crime.ts";
import { fiction } from "./fiction.ts";
import { food } from "./food.ts";
import { history } from "./history.ts";
import { nature } from "./nature.ts";

/** Everything the shop sells, in shelf order. */
export const books: readonly Book[] = [...fiction, ...crime, ...art, ...nature, ...food, ...history];

/** The moods in the order in which the home page offers them. */
export const moods: readonly Mood[] = ["late night", "quiet", "page-turner", "comfort", "curious"];

const bySlug = new Map(books.map((book) => [book.slug, book]));

const bestsellerSlugs = [
  "the-ferrymans-alibi",
  "the-orchard-between-trains",
  "supper-after-midnight",
  "moth-light",
  "how-to-stand-in-front-of-a-painting",
  "the-lamplighters-strike",
  "salt-for-the-bees",
  "nine-bells-at-harrow-quay",
];

const pickSlugs = ["woodcut-winter", "the-orchard-between-trains", "the-patience-of-estuaries"];

/** The book at this slug, or `null` when the shop does not have it. */
export function findBook(slug: string): Book | null {
  return bySlug.get(slug) ?? null;
}

/** The books on one shelf. */
export function booksOf(genre: GenreSlug): readonly Book[] {
  return books.filter((book) => book.genre === genre);
}

/** This month’s bestsellers, best first. */
export function bestsellers(): readonly Book[] {
  return named(bestsellerSlugs);
}

/** The editor’s picks. */
export function picks(): readonly Book[] {
  return named(pickSlugs);
}

/** Books in whose title, author, genre, moods or tagline every word of the query occurs. An empty query finds none. */
export function searchBooks(query: string): readonly Book[] {
  const words = folded(query).split(/\s+/u).filter(Boolean);
  if (words.length === 0) return [];
  return books.filter((book) => words.every((word) => searchable(book).includes(word)));
}

/** Up to `count` other books: those of the same shelf and mood first, ties in shelf order. */
export function similarTo(book: Book, count: number): readonly Book[] {
  return books
    .filter((other) => other !== book)
    .map((other) => ({ other, score: likeness(book, other) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, count)
    .map(({ other }) => other);
}

function named(slugs: readonly string[]): readonly Book[] {
  return slugs.flatMap((slug) => findBook(slug) ?? []);
}

function searchable(book: Book): string {
  return folded([book.title, book.author, book.genre, book.tagline, ...book.moods].join(" "));
}

function folded(text: string): string {
  return text.toLowerCase().replaceAll("’", "'");
}

function likeness(book: Book, other: Book): number {
  const shared = other.moods.filter((mood) => book.moods.includes(mood)).length;
  return shared * 2 + (other.genre === book.genre ? 3 : 0);
}
