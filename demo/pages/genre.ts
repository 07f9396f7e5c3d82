import type { Answer } from "../answer.ts";
import { type Html, html } from "../html.ts";
import type { Book } from "../stock/book.ts";
import { findGenre, genres } from "../stock/genres.ts";
import { bestsellers, booksOf } from "../stock/shelves.ts";
import type { Visit } from "../visit.ts";
import { bookRow, coverImage } from "./bookCard.ts";
import { notFoundPage } from "./notFound.ts";
import { page } from "./page.ts";

/** `GET /genre/<slug>`: one shelf, with the book that leads it. */
export function genrePage(visit: Visit, slug: string): Answer {
  const genre = findGenre(slug);
  if (genre === null) return notFoundPage(visit);
  const { name, line } = genre;
  const books = booksOf(genre.slug);
  return page(visit, {
    title: name,
    description: line,
    kind: "genre",
    genre: slug,
    main: html`<div class="genre-head"><div class="wrap"><p class="eyebrow">The shelf</p><h1>${name}</h1><p class="lede">${line}</p></div></div>
<div class="wrap">${lead(books)}
<section class="shelf" id="shelf-${slug}" data-genre="${slug}" aria-labelledby="shelf-title">
<header class="section-head"><h2 id="shelf-title">On the shelf</h2><p class="section-line">${books.length} titles, each of them read by one of us.</p></header>
${bookRow(books)}</section>
${otherShelves(slug)}</div>`,
  });
}

function lead(books: readonly Book[]): Html | null {
  const book = bestsellers().find((candidate) => books.includes(candidate)) ?? books[0];
  if (book === undefined) return null;
  return html`<section id="lead" data-book="${book.slug}" aria-labelledby="lead-title">
${coverImage(book, "", "eager")}
<div><p class="eyebrow">Start here</p><h2 id="lead-title"><a href="/books/${book.slug}">${book.title}</a></h2><p class="author">${book.author}</p>
<p class="tagline">${book.tagline}</p><blockquote>“${book.review.text}” <cite>${book.review.by}</cite></blockquote></div>
</section>`;
}

function otherShelves(current: string): Html {
  const others = genres.filter(({ slug }) => slug !== current);
  return html`<nav id="other-shelves" aria-label="Other shelves"><h2>Further along the wall</h2>
<ul>${others.map(({ slug, name, line }) => html`<li><a href="/genre/${slug}" data-genre="${slug}"><strong>${name}</strong> <span>${line}</span></a></li>`)}</ul></nav>`;
}
