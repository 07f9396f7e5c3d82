import type { Answer } from "../answer.ts";
import { lastingCookie, sessionCookie } from "../cookies.ts";
import { type Html, html } from "../html.ts";
import { freeDeliveryPence, pounds } from "../money.ts";
import type { Book, Genre } from "../stock/book.ts";
import { genres } from "../stock/genres.ts";
import { bestsellers, booksOf, findBook, moods, picks } from "../stock/shelves.ts";
import { cookieNames, type Visit } from "../visit.ts";
import { bookRow, coverImage } from "./bookCard.ts";
import { newsletterForm } from "./newsletter.ts";
import { page } from "./page.ts";

const yearMs = 365 * 24 * 60 * 60 * 1000;

/** `GET /`: the shop window. A first visit is given two cookies. */
export function homePage(visit: Visit): Answer {
  return page(visit, {
    title: "Books for every mood",
    description:
      "An independent bookshop that keeps the light on: six shelves, every book chosen by somebody who read it.",
    kind: "home",
    main: html`${hero()}${offer()}${editorsPicks()}${bestsellerList()}
<div id="shelves" class="wrap">${genres.map(shelf)}</div>
<section id="newsletter" aria-labelledby="newsletter-title"><div class="wrap">${newsletterForm()}</div></section>`,
    cookies: visit.cookies.has(cookieNames.session) ? [] : firstCookies(visit),
  });
}

function firstCookies({ freshId, nowMs }: Visit): readonly string[] {
  return [sessionCookie(cookieNames.session, freshId), lastingCookie(cookieNames.currency, "GBP", nowMs + yearMs)];
}

function hero(): Html {
  const window = ["moth-light", "the-orchard-between-trains", "the-ferrymans-alibi"].flatMap(
    (slug) => findBook(slug) ?? [],
  );
  return html`<section id="hero">
<div class="wrap hero-columns">
<div class="hero-text">
<p class="eyebrow">Independent, and open late</p>
<h1>Books for every mood</h1>
<p class="lede">Six shelves, no algorithms to speak of, and somebody behind the counter who has read the thing. Tell us how you would like to feel by the last page.</p>
<p class="actions"><a class="cta" href="#picks">See this month’s picks</a> <a class="quiet-link" href="#bestsellers">What everyone is reading</a></p>
<ul id="moods" aria-label="Browse by mood">${moods.map((mood) => html`<li><a href="/search?q=${mood.replace(" ", "+")}">${mood}</a></li>`)}</ul>
</div>
<div class="hero-art" aria-hidden="true">${window.map((book) => coverImage(book, "", "eager"))}</div>
</div>
</section>`;
}

function offer(): Html {
  return html`<aside class="offer" aria-label="Offer"><p class="wrap"><strong class="offer-title">Free delivery over ${pounds(freeDeliveryPence).replace(".00", "")}.</strong>
<span class="offer-text">Order before three and it leaves the shop today, in brown paper.</span> <a class="offer-link" href="/about#delivery" data-caramel-event="ask_postage" data-caramel-props='{"from":"offer"}'>How we post</a></p></aside>`;
}

function editorsPicks(): Html {
  return html`<section id="picks" class="wrap" aria-labelledby="picks-title">
<header class="section-head"><h2 id="picks-title">Editor’s picks</h2><p class="section-line">Three that we cannot stop pressing into people’s hands.</p></header>
<ol class="pick-list">${picks().map(pick)}</ol>
</section>`;
}

function pick(book: Book): Html {
  const { slug, genre, title, author, tagline, review, pricePence } = book;
  return html`<li><article class="pick" data-book="${slug}" data-genre="${genre}">
${coverImage(book, "", "eager")}
<div class="pick-text"><h3 class="title"><a href="/books/${slug}">${title}</a></h3><p class="author">${author}</p>
<p class="tagline">${tagline}</p>
<blockquote>“${review.text}” <cite>${review.by}</cite></blockquote>
<p class="price" data-pence="${pricePence}">${pounds(pricePence)}</p></div>
</article></li>`;
}

function bestsellerList(): Html {
  return html`<section id="bestsellers" aria-labelledby="bestsellers-title"><div class="wrap">
<header class="section-head"><h2 id="bestsellers-title">Bestsellers</h2><p class="section-line">What left the shop in brown paper this month.</p></header>
<ol class="bestseller-list">${bestsellers().map(
    (
      book,
      index,
    ) => html`<li class="bestseller" data-book="${book.slug}" data-rank="${index + 1}">${coverImage(book, "")}
<div><a class="title" href="/books/${book.slug}">${book.title}</a><span class="author">${book.author}</span></div><span class="price" data-pence="${book.pricePence}">${pounds(book.pricePence)}</span></li>`,
  )}</ol>
</div></section>`;
}

function shelf({ slug, name, line }: Genre): Html {
  return html`<section class="shelf" id="shelf-${slug}" data-genre="${slug}" aria-labelledby="shelf-${slug}-title">
<header class="section-head"><h2 id="shelf-${slug}-title">${name}</h2><p class="section-line">${line}</p><a class="more" href="/genre/${slug}">All ${name.toLowerCase()}</a></header>
${bookRow(booksOf(slug))}
</section>`;
}
