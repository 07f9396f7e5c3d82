/** The six shelves of the shop, by the word used in addresses and `data-genre`. */
export type GenreSlug = "art" | "crime" | "fiction" | "food" | "history" | "nature";

/** The drawing on a cover; each is a function in `motifs.ts`. */
export type Motif =
  | "arcs"
  | "blocks"
  | "clock"
  | "door"
  | "frame"
  | "leaves"
  | "moon"
  | "rings"
  | "steps"
  | "stripes"
  | "sun"
  | "waves";

/** What a reader may be in the mood for; readers search by these words. */
export type Mood = "late night" | "quiet" | "page-turner" | "comfort" | "curious";

/** Colours and drawing of a cover. `ink` is readable on `ground`; `accent` is for shapes only. */
export interface Cover {
  readonly motif: Motif;
  readonly ground: string;
  readonly ink: string;
  readonly accent: string;
}

/** A title the shop sells. Every title and author is invented. */
export interface Book {
  readonly slug: string;
  readonly title: string;
  readonly author: string;
  readonly genre: GenreSlug;
  readonly pricePence: number;
  readonly format: "Hardback" | "Paperback";
  readonly pages: number;
  readonly year: number;
  /** Copies in the shop. Zero means that it must be ordered in; it can still be bought. */
  readonly stock: number;
  readonly moods: readonly Mood[];
  /** One sentence for cards and descriptions. */
  readonly tagline: string;
  /** Paragraphs. */
  readonly blurb: readonly string[];
  /** The book’s first sentence. */
  readonly opening: string;
  /** What somebody at the shop said of it. */
  readonly review: { readonly text: string; readonly by: string };
  readonly cover: Cover;
}

/** A shelf: its name and the few words at its head. */
export interface Genre {
  readonly slug: GenreSlug;
  readonly name: string;
  readonly line: string;
}
