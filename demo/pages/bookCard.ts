import { type Html, html } from "../html.ts";
import { pounds } from "../money.ts";
import type { Book } from "../stock/book.ts";

/** A book on a shelf. Its link covers the whole card; the button lies above it. */
export function bookCard(book: Book): Html {
  const { slug, title, author, genre, pricePence } = book;
  return html`<li><article class="book-card" data-book="${slug}" data-genre="${genre}">
${coverImage(book, "")}
<h3 class="title"><a href="/books/${slug}">${title}</a></h3>
<p class="author">${author}</p>
<div class="card-foot"><p class="price" data-pence="${pricePence}">${pounds(pricePence)}</p>
<form method="post" action="/basket"><input type="hidden" name="book" value="${slug}">
<button class="buy" type="submit">Add<span class="visually-hidden"> ${title} to basket</span></button></form></div>
</article></li>`;
}

/** A row of cards. */
export function bookRow(books: readonly Book[]): Html {
  return html`<ul class="book-row">${books.map(bookCard)}</ul>`;
}

/** The picture of a cover. An empty `alt` where the title stands beside it. */
export function coverImage({ slug }: Book, alt: string, loading: "lazy" | "eager" = "lazy"): Html {
  return html`<img class="cover" src="/assets/covers/${slug}.svg" width="400" height="600" alt="${alt}" loading="${loading}">`;
}
