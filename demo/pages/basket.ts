import { type Answer, refusal, seeOther } from "../answer.ts";
import { add, type Basket, formatBasket, type Line, maxQuantity, put, type Sums, sumsOf } from "../basket.ts";
import { removedCookie, sessionCookie } from "../cookies.ts";
import { type Html, html } from "../html.ts";
import { freeDeliveryPence, pounds } from "../money.ts";
import { bestsellers, findBook } from "../stock/shelves.ts";
import { cookieNames, type Visit } from "../visit.ts";
import { bookRow, coverImage } from "./bookCard.ts";
import { notFoundPage } from "./notFound.ts";
import { page } from "./page.ts";

/** `GET /basket`: what the visitor means to buy. */
export function basketPage(visit: Visit): Answer {
  const { basket, cookies } = visit;
  const added = findBook(cookies.get(cookieNames.added) ?? "");
  const sums = sumsOf(basket);
  const notice = added && html`<p class="notice" role="status">“${added.title}” is in your basket.</p>`;
  return page(visit, {
    title: "Your basket",
    description: "The books you have chosen, and what they come to.",
    kind: "basket",
    main: html`<div class="wrap"><h1>Your basket</h1>${notice}
<section id="basket" data-count="${sums.count}" data-subtotal-pence="${sums.subtotalPence}" aria-label="Basket">
${basket.length === 0 ? emptyBasket() : fullBasket(basket, sums)}</section></div>`,
    cookies: cookies.has(cookieNames.added) ? [removedCookie(cookieNames.added)] : [],
  });
}

/** `POST /basket`: adds `quantity` (one, if it is not said) copies of `book`. */
export function addToBasket(visit: Visit): Answer {
  return withLine(visit, 1, (book, quantity) => ({
    basket: add(visit.basket, book, quantity),
    notice: sessionCookie(cookieNames.added, book.slug),
  }));
}

/** `POST /basket/lines`: makes it exactly `quantity` copies of `book`; 0 removes the line. */
export function changeBasket(visit: Visit): Answer {
  return withLine(visit, 0, (book, quantity) => ({
    basket: put(visit.basket, book, quantity),
    notice: removedCookie(cookieNames.added),
  }));
}

/** Shared by both changes: reads the form, and answers with two cookies and the way to the basket. */
function withLine(
  visit: Visit,
  least: number,
  change: (book: Line["book"], quantity: number) => { basket: Basket; notice: string },
): Answer {
  const book = findBook(visit.form.get("book") ?? "");
  if (book === null) return notFoundPage(visit);
  const text = visit.form.get("quantity") ?? "1";
  if (!/^\d{1,2}$/u.test(text) || Number(text) < least) return refusal(400, "How many copies?");
  const { basket, notice } = change(book, Number(text));
  return seeOther("/basket", [sessionCookie(cookieNames.basket, formatBasket(basket)), notice]);
}

function emptyBasket(): Html {
  return html`<div class="empty"><p>Nothing here yet. The shelves are that way.</p><p><a class="cta" href="/">Back to the books</a></p>
<h2>Everyone seems to be reading</h2>${bookRow(bestsellers().slice(0, 4))}</div>`;
}

function fullBasket(basket: Basket, sums: Sums): Html {
  return html`<div class="basket-columns"><ul class="lines">${basket.map(lineOf)}</ul>
<div id="summary"><h2>Summary</h2>${sumsList(sums)}
<a id="checkout" class="cta" href="/order">Check out</a><p><a href="/">Keep browsing</a></p></div></div>`;
}

/** The sums of a basket, as the basket and the order page show them. */
export function sumsList({ subtotalPence, deliveryPence, totalPence }: Sums): Html {
  const missing = freeDeliveryPence - subtotalPence;
  return html`<dl class="sums"><div><dt>Books</dt><dd class="subtotal">${pounds(subtotalPence)}</dd></div>
<div><dt>Delivery</dt><dd class="delivery">${deliveryPence === 0 ? "Free" : pounds(deliveryPence)}</dd></div>
<div class="sum"><dt>Total</dt><dd class="total" data-pence="${totalPence}">${pounds(totalPence)}</dd></div></dl>
${missing > 0 ? html`<p class="nudge">${pounds(missing)} more and we post it free.</p>` : null}`;
}

function lineOf({ book, quantity }: Line): Html {
  const { slug, genre, title, author, format, pricePence } = book;
  return html`<li class="line" data-book="${slug}" data-genre="${genre}">${coverImage(book, "")}
<div class="line-text"><h2 class="title"><a href="/books/${slug}">${title}</a></h2><p class="author">${author}, ${format.toLowerCase()}</p>
<form method="post" action="/basket/lines"><input type="hidden" name="book" value="${slug}">
<label for="copies-${slug}">Copies<span class="visually-hidden"> of ${title}</span></label><input id="copies-${slug}" name="quantity" type="number" min="0" max="${maxQuantity}" value="${quantity}" required><button class="plain" type="submit">Update</button></form>
<form method="post" action="/basket/lines"><input type="hidden" name="book" value="${slug}"><input type="hidden" name="quantity" value="0"><button class="plain remove" type="submit">Remove<span class="visually-hidden"> ${title}</span></button></form></div>
<p class="price" data-pence="${pricePence * quantity}">${pounds(pricePence * quantity)}</p></li>`;
}
