import type { Answer } from "../answer.ts";
import { html } from "../html.ts";
import { freeDeliveryPence, pounds } from "../money.ts";
import type { Visit } from "../visit.ts";
import { page } from "./page.ts";

/** `GET /about`: the shop, its hours and how it posts. */
export function aboutPage(visit: Visit): Answer {
  return page(visit, {
    title: "About us",
    description: "A bookshop in a former chandler’s, with six shelves and a late licence for reading.",
    kind: "about",
    main: html`<div class="wrap"><article id="about" class="narrow prose">
<h1>About us</h1>
<p class="lede">Number 14 sold candles for a hundred and sixty years. When Ruth took the lease, the sign was still good, so she left it up.</p>
<p>We keep six shelves, and let a book in only when one of us has finished it. That makes for a small shop and long conversations. If you want something we do not have, we shall order it and read it before you collect it; please do not fold the corners first.</p>
<h2 id="hours">When we are here</h2>
<p>Tuesday to Saturday from ten until ten, Sunday from noon until the kettle is empty. Closed on Mondays, for reading.</p>
<h2 id="delivery">Delivery and returns</h2>
<p>Posting costs £3.50 to anywhere in the country, and nothing on orders of ${pounds(freeDeliveryPence)} and more. What you order before three leaves the same day. Bring or send anything back within thirty days, unless you have dropped it in the bath.</p>
</article></div>`,
  });
}
