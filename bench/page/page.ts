/** A place of the page, as the origin sends it and as every contestant must make it. */
export interface Change {
  readonly before: string;
  readonly after: string;
}

/** The five mutations: one of each common kind, spread over the page. */
export const changes = {
  title: { before: '<h1 id="title">Books for every mood</h1>', after: '<h1 id="title">Still awake, reader?</h1>' },
  offer: {
    before: '<p class="offer">Three for the price of two</p>',
    after: '<p class="offer offer--night">Three for the price of two</p>',
  },
  link: { before: '<a id="new" href="/genre/new">New</a>', after: '<a id="new" href="/genre/night">New</a>' },
  banner: {
    before: '<div id="banner"><p>Free delivery</p></div>',
    after: '<div id="banner"><p>Free delivery <b>tonight</b></p></div>',
  },
  basket: {
    before: '<ul id="basket"><li>Moth light</li></ul>',
    after: '<ul id="basket"><li>Moth light</li><li>A reading lamp</li></ul>',
  },
} as const satisfies Record<string, Change>;

const head = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>The bookshop</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/assets/shop.css">
<style>.offer { color: #345 } .card > h2 { font-size: 1.1rem }</style>
<script>window.shop = { open: true, tags: "<b>none</b>" };</script>
</head>
<body>
<header><nav><a href="/">Home</a> ${changes.link.before} <a href="/basket">Basket</a></nav></header>
<main>
${changes.title.before}
${changes.offer.before}
`;

const foot = `</main>
<aside>${changes.basket.before}</aside>
<footer><p>&copy; The bookshop &middot; <a href="/privacy">Privacy</a></p></footer>
</body>
</html>
`;

const words = "the lamp a sea letter of glass under winter harbour and every page that turned slow in blue rain".split(
  " ",
);

/** A book's card: what the bulk of a shop's page is made of. */
function cardOf(number: number): string {
  const word = (at: number) => words[(number * 7 + at * 5) % words.length];
  const text = Array.from({ length: 24 }, (_, at) => word(at)).join(" ");
  return `<article class="card" data-book="${number}"><h2><a href="/books/${number}">${word(1)} ${word(3)}</a></h2>
<img src="/covers/${number}.jpg" alt="" width="120" height="180" loading="lazy"><p>${text}.</p>
<p class="price"><span>${(number % 17) + 4}.90</span> <button type="button" name="add" value="${number}">Add</button></p></article>
`;
}

/** The page of about so many bytes, with the banner in its middle. All its characters are ASCII. */
export function pageOf(bytes: number): string {
  const cards: string[] = [];
  let length = head.length + foot.length + changes.banner.before.length;
  for (let number = 1; length < bytes; number += 1) {
    const card = cardOf(number);
    cards.push(card);
    length += card.length;
  }
  const half = Math.floor(cards.length / 2);
  return [head, ...cards.slice(0, half), changes.banner.before, ...cards.slice(half), foot].join("");
}

/** The page with all five mutations, made by text replacement: what the rewriters' output is held against. */
export const changedPage = (page: string): string =>
  Object.values(changes).reduce((text, { before, after }) => text.replace(before, after), page);
