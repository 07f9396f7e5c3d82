import { type Answer, seeOther } from "../answer.ts";
import { sessionCookie } from "../cookies.ts";
import { type Html, html } from "../html.ts";
import { cookieNames, type Visit } from "../visit.ts";
import { type Field, faultsIn } from "./fields.ts";
import { page } from "./page.ts";

const email: Field = { name: "email", label: "Your email", type: "email", autocomplete: "email" };

/** The invitation to the Friday letter, for the home page and its own. */
export function newsletterForm(): Html {
  return html`<div class="newsletter-text"><h2 id="newsletter-title">The Friday letter</h2>
<p>One book, one paragraph, every Friday at six. Nothing else, ever.</p></div>
<form id="subscribe" method="post" action="/newsletter"><label for="letter-email">${email.label}</label>
<div class="join"><input id="letter-email" name="email" type="email" autocomplete="email" required placeholder="you@example.org"><button class="cta" type="submit">Write to me</button></div></form>`;
}

/** `GET /newsletter`: the invitation, or the thanks for accepting it. */
export function newsletterPage(visit: Visit): Answer {
  return showNewsletter(visit, null);
}

/** `POST /newsletter`. The address is not kept: this is a demonstration. */
export function subscribe(visit: Visit): Answer {
  const [fault] = faultsIn([email], visit.form);
  if (fault) return showNewsletter(visit, fault.text);
  return seeOther("/newsletter", [sessionCookie(cookieNames.newsletter, "yes")]);
}

function showNewsletter(visit: Visit, fault: string | null): Answer {
  const isReader = visit.cookies.get(cookieNames.newsletter) === "yes";
  const thanks = html`<p class="lede">You are on the list. The first letter comes on Friday.</p>`;
  return page(visit, {
    title: "The Friday letter",
    description: "One book and one paragraph, every Friday at six.",
    kind: "newsletter",
    status: fault === null ? 200 : 422,
    main: html`<div class="wrap"><h1>Letters from the lane</h1>${fault && html`<p class="notice notice--fault" role="alert">${fault}</p>`}</div>
<section id="newsletter" data-subscribed="${isReader ? "yes" : "no"}"><div class="wrap">${isReader ? thanks : newsletterForm()}</div></section>`,
  });
}
