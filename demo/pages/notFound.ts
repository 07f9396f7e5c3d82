import type { Answer } from "../answer.ts";
import { html } from "../html.ts";
import { bestsellers } from "../stock/shelves.ts";
import type { Visit } from "../visit.ts";
import { bookRow } from "./bookCard.ts";
import { page } from "./page.ts";

/** The answer to an address that the shop does not know. */
export function notFoundPage(visit: Visit): Answer {
  return page(visit, {
    title: "Not on our shelves",
    description: "That page is not here.",
    kind: "not-found",
    status: 404,
    main: html`<div class="wrap"><section id="not-found" class="narrow"><p class="eyebrow">404</p><h1>Not on our shelves</h1>
<p class="lede">Somebody has put that page back in the wrong place, or it was never written.</p><p class="actions"><a class="cta" href="/">Back to the front table</a></p></section>
<section class="shelf" aria-labelledby="instead-title"><header class="section-head"><h2 id="instead-title">Instead, perhaps</h2></header>${bookRow(bestsellers().slice(0, 4))}</section></div>`,
  });
}
