import { type Answer, seeOther } from "../answer.ts";
import { removedCookie, sessionCookie } from "../cookies.ts";
import { type Html, html } from "../html.ts";
import { cookieNames, type Visit } from "../visit.ts";
import { type Fault, type Field, faultsIn, fieldOf } from "./fields.ts";
import { page } from "./page.ts";

const fields: readonly Field[] = [
  { name: "name", label: "First name", type: "text", autocomplete: "given-name" },
  { name: "email", label: "Email", type: "email", autocomplete: "email" },
];

/** `GET /account`: the way in, or the reader's own page. */
export function accountPage(visit: Visit): Answer {
  return showAccount(visit, []);
}

/** `POST /account`: signs in whoever says their name. The demo keeps no accounts, so it asks for no password. */
export function signIn(visit: Visit): Answer {
  const faults = faultsIn(fields, visit.form);
  if (faults.length > 0) return showAccount(visit, faults);
  const name = visit.form.get("name")?.trim().slice(0, 40) ?? "";
  return seeOther("/account", [sessionCookie(cookieNames.reader, name)]);
}

/** `POST /account/sign-out`. */
export function signOut(_visit: Visit): Answer {
  return seeOther("/account", [removedCookie(cookieNames.reader)]);
}

function showAccount(visit: Visit, faults: readonly Fault[]): Answer {
  const { reader, form } = visit;
  return page(visit, {
    title: reader === null ? "Sign in" : "Your account",
    description: "Your orders and your place on the Friday letter.",
    kind: "account",
    status: faults.length > 0 ? 422 : 200,
    main: html`<div class="wrap"><section id="account" class="narrow" data-signed-in="${reader === null ? "no" : "yes"}">${reader === null ? signInForm(form, faults) : welcome(visit, reader)}</section></div>`,
  });
}

function signInForm(form: URLSearchParams, faults: readonly Fault[]): Html {
  return html`<h1>Sign in</h1><p class="lede">We only need something to call you.</p>
<form id="sign-in" method="post" action="/account" novalidate>${fields.map((field) => fieldOf(field, form, faults))}
<button class="cta" type="submit">Sign in</button></form>`;
}

function welcome({ cookies }: Visit, reader: string): Html {
  const order = /^TL-[0-9A-F]{8}/u.exec(cookies.get(cookieNames.order) ?? "")?.[0];
  return html`<h1>Good evening, <span class="reader-name">${reader}</span></h1>
<p class="lede">${order === undefined ? "You have not ordered anything this evening." : `Your last order was ${order}.`}</p>
<form method="post" action="/account/sign-out"><button class="plain" type="submit">Sign out</button></form>`;
}
