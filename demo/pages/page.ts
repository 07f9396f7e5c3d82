import type { Answer } from "../answer.ts";
import { sumsOf } from "../basket.ts";
import { type Html, html } from "../html.ts";
import { genres } from "../stock/genres.ts";
import type { Visit } from "../visit.ts";

/** The shop as it signs itself. */
export const shopName = "Tallow Lane Books";

/** Where the shop would live on the web; used where an address must be absolute. */
export const shopUrl = "https://tallowlane.example";

/** What differs from page to page. */
export interface PageParts {
  /** Without the shop's name. */
  readonly title: string;
  readonly description: string;
  /** The value of `body[data-page]`. */
  readonly kind: string;
  readonly genre?: string;
  /** More for the `<head>`. */
  readonly head?: Html;
  readonly main: Html;
  readonly status?: number;
  readonly cookies?: readonly string[];
}

/** Puts a page into the shop's frame. */
export function page(visit: Visit, parts: PageParts): Answer {
  const headers = { "content-type": "text/html; charset=utf-8", "cache-control": "no-cache", vary: "cookie" };
  return { status: parts.status ?? 200, headers, cookies: parts.cookies ?? [], body: document(visit, parts).text };
}

function document(visit: Visit, { title, description, kind, genre, head, main }: PageParts): Html {
  return html`<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<title>${title} · ${shopName}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="${description}">
<meta property="og:site_name" content="${shopName}">
<meta property="og:title" content="${title}">
<meta property="og:description" content="${description}">
${head ?? html`<meta property="og:type" content="website">`}
<meta name="theme-color" content="#0f3d33">
<link rel="icon" href="/assets/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/style.css">
</head>
<body data-page="${kind}" data-genre="${genre ?? ""}">
<a class="skip" href="#main">Skip to the books</a>
${masthead(visit, genre ?? "")}
<main id="main">
${main}
</main>
${footer()}
</body>
</html>
`;
}

function masthead({ basket, reader, url }: Visit, current: string): Html {
  const { count } = sumsOf(basket);
  return html`<header id="masthead">
<div class="wrap masthead-row">
<a class="wordmark" href="/">Tallow <em>Lane</em> <span>Books</span></a>
<form class="search" role="search" action="/search">
<label class="visually-hidden" for="q">Search the shop</label>
<input id="q" name="q" type="search" placeholder="Title, author or mood" value="${url.searchParams.get("q") ?? ""}">
<button type="submit">Search</button>
</form>
<ul class="tools">
<li><a id="account-link" href="/account">${reader ?? "Sign in"}</a></li>
<li><a id="basket-link" href="/basket">Basket <span class="basket-count" data-count="${count}">${count}<span class="visually-hidden"> ${count === 1 ? "book" : "books"}</span></span></a></li>
</ul>
</div>
<nav id="nav" aria-label="Shelves">
<ul class="wrap">
${genres.map(
  ({ slug, name }) =>
    html`<li><a href="/genre/${slug}" data-genre="${slug}"${slug === current ? html` aria-current="page"` : null}>${name}</a></li>`,
)}
</ul>
</nav>
</header>`;
}

function footer(): Html {
  return html`<footer id="footer">
<div class="wrap footer-columns">
<div><p class="wordmark">Tallow <em>Lane</em> <span>Books</span></p>
<p>14 Tallow Lane, at the sign of the candle.<br>Open every day but Mondays, ten until late.</p></div>
<nav aria-label="Shop"><h2>The shop</h2><ul>
<li><a href="/about">About us</a></li><li><a href="/about#delivery">Delivery and returns</a></li><li><a href="/newsletter">The Friday letter</a></li></ul></nav>
<nav aria-label="Your things"><h2>Your things</h2><ul>
<li><a href="/account">Your account</a></li><li><a href="/basket">Your basket</a></li><li><a href="/order">Check out</a></li></ul></nav>
</div>
<p class="wrap small">Tallow Lane is an invented shop. Its books, alas, cannot be read either.</p>
</footer>`;
}
