import type { Genre, GenreSlug } from "./book.ts";

/** The shelves in the order in which the shop shows them. */
export const genres: readonly Genre[] = [
  {
    slug: "fiction",
    name: "Fiction",
    line: "Novels to live inside for a week, and to miss when you have to come out.",
  },
  { slug: "crime", name: "Crime", line: "Locked rooms, loose tongues and detectives who really ought to sleep." },
  { slug: "art", name: "Art", line: "Paint, print and the pleasure of looking for longer than you meant to." },
  { slug: "nature", name: "Nature", line: "Field notes from hedges, rivers and weather, by people who stood still." },
  { slug: "food", name: "Food", line: "Cookery to read in bed, and to splash with oil the following day." },
  { slug: "history", name: "History", line: "The past by its side door: strikes, post offices and drowned villages." },
];

/** The shelf of this name, or `null` when the shop has none such. */
export function findGenre(slug: string): Genre | null {
  return genres.find((genre) => genre.slug === slug) ?? null;
}

/** The printed name of a shelf. */
export function genreName(slug: GenreSlug): string {
  return findGenre(slug)?.name ?? slug;
}
