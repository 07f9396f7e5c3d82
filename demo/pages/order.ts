import { type Answer, seeOther } from "../answer.ts";
import { type Basket, sumsOf } from "../basket.ts";
import { removedCookie, sessionCookie } from "../cookies.ts";
import { type Html, html } from "../html.ts";
import { pounds } from "../money.ts";
import { bestsellers } from "../stock/shelves.ts";
import { cookieNames, type Visit } from "../visit.ts";
import { sumsList } from "./basket.ts";
import { bookRow } from "./bookCard.ts";
import { type Fault, type Field, faultsIn, fieldOf } from "./fields.ts";
import { page } from "./page.ts";

const fields: readonly Field[] = [
  { name: "name", label: "Your name", type: "text", autocomplete: "name" },
  { name: "email", label: "Email, for the receipt", type: "email", autocomplete: "email" },
  { name: "address", label: "Address", type: "text", autocomplete: "street-address" },
  { name: "town", label: "Town", type: "text", autocomplete: "address-level2" },
  { name: "postcode", label: "Postcode", type: "text", autocomplete: "postal-code" },
];

/** `GET /order`: where it should go. */
export function orderPage(visit: Visit): Answer {
  return showOrder(visit, []);
}

/** `POST /order`: takes the order and empties the basket, or shows the form again with what is missing. */
export function placeOrder(visit: Visit): Answer {
  if (visit.basket.length === 0) return seeOther("/basket");
  const faults = faultsIn(fields, visit.form);
  if (faults.length > 0) return showOrder(visit, faults);
  const order = `TL-${visit.freshId.slice(0, 8).toUpperCase()}.${sumsOf(visit.basket).totalPence}`;
  return seeOther("/thanks", [removedCookie(cookieNames.basket), sessionCookie(cookieNames.order, order)]);
}

/** `GET /thanks`: the last order of this visitor, or a thank-you to nobody in particular. */
export function thanksPage(visit: Visit): Answer {
  const [, number = "", total = "0"] =
    /^(TL-[0-9A-F]{8})\.(\d{1,7})$/u.exec(visit.cookies.get(cookieNames.order) ?? "") ?? [];
  return page(visit, {
    title: "Thank you",
    description: "Your order is being wrapped in brown paper.",
    kind: "thanks",
    main: html`<div class="wrap"><section id="thanks" class="narrow" data-order="${number}" data-total-pence="${total}">
<p class="eyebrow">${number === "" ? "No order just now" : "Order received"}</p><h1>Thank you</h1>
${number === "" ? html`<p class="lede">We have no order from you at the moment, and thank you all the same.</p>` : confirmation(number, Number(total))}
</section>
<section id="next-reads" class="shelf" aria-labelledby="next-title"><header class="section-head"><h2 id="next-title">While you wait</h2></header>${bookRow(bestsellers().slice(0, 4))}</section></div>`,
  });
}

function confirmation(number: string, totalPence: number): Html {
  return html`<p class="lede">Somebody is already looking for the string. Order <strong class="order-number">${number}</strong>, <span class="order-total">${pounds(totalPence)}</span>, leaves the shop today.</p>`;
}

function showOrder(visit: Visit, faults: readonly Fault[]): Answer {
  const { basket, form } = visit;
  return page(visit, {
    title: "Check out",
    description: "Where shall we send them?",
    kind: "order",
    status: faults.length > 0 ? 422 : 200,
    main: html`<div class="wrap"><h1>Check out</h1>${basket.length === 0 ? nothingToOrder() : orderForm(basket, form, faults)}</div>`,
  });
}

function nothingToOrder(): Html {
  return html`<div class="empty"><p>There is nothing in your basket to order.</p><p><a class="cta" href="/">Back to the books</a></p></div>`;
}

function orderForm(basket: Basket, form: URLSearchParams, faults: readonly Fault[]): Html {
  const sums = sumsOf(basket);
  return html`<div class="basket-columns"><form id="order" method="post" action="/order" novalidate>
${faults.length > 0 ? html`<p class="notice notice--fault" role="alert">Something is missing: please look at the marked lines.</p>` : null}
<h2>Where shall we send them?</h2>${fields.map((field) => fieldOf(field, form, faults))}
<label class="check"><input type="checkbox" name="gift" value="yes"> It is a present: wrap it, and leave out the receipt</label>
<p class="small">This is a demonstration. Nothing is charged, sent or kept.</p>
<button id="place-order" class="cta" type="submit">Place order</button></form>
<div id="summary"><h2>Your books</h2><ul class="mini-lines">${basket.map(({ book, quantity }) => html`<li data-book="${book.slug}"><span>${quantity} × ${book.title}</span> <span>${pounds(book.pricePence * quantity)}</span></li>`)}</ul>${sumsList(sums)}</div></div>`;
}
