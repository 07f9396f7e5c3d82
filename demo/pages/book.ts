import type { Answer } from "../answer.ts";
import { maxQuantity } from "../basket.ts";
import { type Html, html, jsonIsland } from "../html.ts";
import { pounds } from "../money.ts";
import type { Book } from "../stock/book.ts";
import { genreName } from "../stock/genres.ts";
import { findBook, similarTo } from "../stock/shelves.ts";
import type { Visit } from "../visit.ts";
import { bookRow, coverImage } from "./bookCard.ts";
import { notFoundPage } from "./notFound.ts";
import { page, shopName, shopUrl } from "./page.ts";

/** `GET /books/<slug>`: one book, with its facts for machines in the head. */
export function bookPage(visit: Visit, slug: string): Answer {
  const book = findBook(slug);
  if (book === null) return notFoundPage(visit);
  return page(visit, {
    title: `${book.title} by ${book.author}`,
    description: book.tagline,
    kind: "book",
    genre: book.genre,
    head: facts(book),
    main: html`<div class="wrap">${breadcrumb(book)}
<article id="book" data-book="${book.slug}" data-genre="${book.genre}">
<div class="book-stage">${coverImage(book, `Cover of ${book.title}`, "eager")}</div>
<div class="book-text">${headline(book)}${buyForm(book)}
<div class="blurb">${book.blurb.map((paragraph) => html`<p>${paragraph}</p>`)}</div>
<figure class="opening"><figcaption>It begins</figcaption><blockquote>${book.opening}</blockquote></figure>
${details(book)}</div>
</article>
<section id="recommendations" class="shelf" aria-labelledby="recommendations-title">
<header class="section-head"><h2 id="recommendations-title">Readers also took home</h2></header>
${bookRow(similarTo(book, 4))}</section></div>`,
  });
}

function breadcrumb({ genre, title }: Book): Html {
  return html`<nav class="breadcrumb" aria-label="Breadcrumb"><ol><li><a href="/">Home</a></li><li><a href="/genre/${genre}">${genreName(genre)}</a></li><li aria-current="page">${title}</li></ol></nav>`;
}

function headline({ title, author, tagline, review, moods }: Book): Html {
  return html`<h1 class="title">${title}</h1><p class="author">by <a href="/search?q=${encodeURIComponent(author)}">${author}</a></p>
<p class="tagline">${tagline}</p>
<ul class="moods" aria-label="Moods">${moods.map((mood) => html`<li><a href="/search?q=${mood.replace(" ", "+")}">${mood}</a></li>`)}</ul>
<blockquote class="review">“${review.text}” <cite>${review.by}</cite></blockquote>`;
}

function buyForm({ slug, pricePence, format, stock }: Book): Html {
  return html`<form id="buy-box" method="post" action="/basket">
<p class="price" data-pence="${pricePence}">${pounds(pricePence)} <span class="format">${format}</span></p>
<p class="availability" data-stock="${stock}">${availability(stock)}</p>
<input type="hidden" name="book" value="${slug}">
<div class="buy-row"><label for="quantity">Copies</label><input id="quantity" name="quantity" type="number" inputmode="numeric" min="1" max="${maxQuantity}" value="1" required>
<button class="buy" type="submit">Add to basket</button></div>
</form>`;
}

function availability(stock: number): string {
  if (stock === 0) return "Out of the shop; with you in about a week";
  return stock <= 5 ? `Only ${stock} left on the shelf` : "In the shop, posted today";
}

function details({ format, pages, year, genre, stock, author }: Book): Html {
  return html`<dl class="details"><div><dt>Format</dt><dd>${format}</dd></div><div><dt>Pages</dt><dd>${pages}</dd></div><div><dt>Published</dt><dd>${year}</dd></div><div><dt>Shelf</dt><dd><a href="/genre/${genre}">${genreName(genre)}</a></dd></div><div><dt>Copies here</dt><dd>${stock}</dd></div><div><dt>Shelf mark</dt><dd>${shelfMark(genre, author)}</dd></div></dl>`;
}

function shelfMark(genre: string, author: string): string {
  const surname = author.split(" ").at(-1) ?? author;
  return `${genre.slice(0, 3)} ${surname.slice(0, 3)}`.toUpperCase();
}

function facts(book: Book): Html {
  const { slug, title, author, genre, pricePence, tagline, stock, moods } = book;
  const price = (pricePence / 100).toFixed(2);
  return html`<meta property="og:type" content="book">
<meta property="og:url" content="${shopUrl}/books/${slug}">
<meta property="og:image" content="${shopUrl}/assets/covers/${slug}.svg">
<meta property="book:author" content="${author}">
<meta property="book:tag" content="${genre}">
${moods.map((mood) => html`<meta property="book:tag" content="${mood}">\n`)}<meta property="product:category" content="${genreName(genre)}">
<meta property="product:price:amount" content="${price}">
<meta property="product:price:currency" content="GBP">
<meta property="product:availability" content="${stock > 0 ? "in stock" : "backorder"}">
<link rel="canonical" href="${shopUrl}/books/${slug}">
${jsonIsland("application/ld+json", {
  "@context": "https://schema.org",
  "@type": ["Product", "Book"],
  "@id": `${shopUrl}/books/${slug}`,
  sku: slug,
  name: title,
  author: { "@type": "Person", name: author },
  genre: genreName(genre),
  category: genreName(genre),
  keywords: moods.join(", "),
  description: tagline,
  image: `${shopUrl}/assets/covers/${slug}.svg`,
  url: `${shopUrl}/books/${slug}`,
  ...printed(book),
  offers: offerOf(book, price),
})}`;
}

function printed({ format, pages, year }: Book) {
  return {
    bookFormat: `https://schema.org/${format}`,
    numberOfPages: pages,
    datePublished: String(year),
    inLanguage: "en-GB",
  };
}

function offerOf({ slug, stock }: Book, price: string) {
  return {
    "@type": "Offer",
    price,
    priceCurrency: "GBP",
    availability: `https://schema.org/${stock > 0 ? "InStock" : "BackOrder"}`,
    url: `${shopUrl}/books/${slug}`,
    seller: { "@type": "BookStore", name: shopName },
  };
}
