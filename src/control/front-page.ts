import { html } from "hono/html";
import { everySite, type Scope } from "../core/roles.ts";
import type { Principal } from "./access.ts";

type Markup = ReturnType<typeof html>;

/** What the page says to whom. `notice` is what went wrong with the last attempt. */
export interface Front {
  readonly principal: Principal | null;
  /** Whether browsers may log in at this address at all. */
  readonly mayLogIn: boolean;
  /** Whether there is a session to log out of. */
  readonly hasSession: boolean;
  readonly notice: string | null;
}

/** The page at `/_caramel/`: who you are, or a way to say it. No script, no inline style. */
export async function frontPage({ principal, mayLogIn, hasSession, notice }: Front): Promise<string> {
  const body = principal === null ? strangerPart(mayLogIn, notice) : personPart(principal, hasSession);
  return String(
    await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Caramel</title>
<link rel="stylesheet" href="/_caramel/static/control.css">
</head>
<body>
<main>
<header><span class="mark" aria-hidden="true"></span><h1>Caramel</h1></header>
${body}
</main>
</body>
</html>
`,
  );
}

function strangerPart(mayLogIn: boolean, notice: string | null): Markup {
  if (!mayLogIn)
    return html`<p>Browsers do not log in here: this host also serves a website, whose scripts could act for you.</p>
<p class="hint">Give the control plane a host of its own (<code>CONTROL_HOST</code>), or use the API with a token.</p>`;
  return html`${notice === null ? "" : html`<p class="notice" role="alert">${notice}</p>`}
<form method="post" action="/_caramel/login" autocomplete="off">
<label for="token">Your token</label>
<input id="token" name="token" type="password" required maxlength="512" placeholder="crml_…" autocomplete="current-password" autofocus>
<button type="submit">Log in</button>
</form>
<p class="hint">An operator makes one with <code>caramel token create</code>.</p>`;
}

function personPart({ name, id, roles }: Principal, hasSession: boolean): Markup {
  const entries = Object.entries(roles);
  const rows =
    entries.length === 0
      ? html`<tr><td colspan="2">No roles yet. Ask an operator.</td></tr>`
      : entries.map(([site, scopes]) => roleRow(site, scopes));
  return html`<p class="who">You are <strong>${name}</strong> <span class="id">${id}</span></p>
<table>
<thead><tr><th scope="col">Site</th><th scope="col">You may be</th></tr></thead>
<tbody>${rows}</tbody>
</table>
${hasSession ? html`<form method="post" action="/_caramel/logout"><button type="submit" class="quiet">Log out</button></form>` : ""}`;
}

const roleRow = (site: string, scopes: readonly Scope[]): Markup =>
  html`<tr><th scope="row">${site === everySite ? "every site" : site}</th><td>${scopes.join(", ")}</td></tr>`;

/** Served as a file of its own: the page allows nothing inline. */
export const frontStyle = `:root { color-scheme: light dark; --ink: #2b2118; --paper: #fdfaf6; --line: #e6dccf; --accent: #b5651d; --quiet: #75685a; }
@media (prefers-color-scheme: dark) { :root { --ink: #f3ebe1; --paper: #1d1712; --line: #43372b; --accent: #e2a45f; --quiet: #b3a393; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 30rem; border: 1px solid var(--line); border-radius: 1rem; padding: 2rem; }
header { display: flex; align-items: center; gap: .75rem; margin-bottom: 1.5rem; }
h1 { font-size: 1.4rem; margin: 0; letter-spacing: -.01em; }
.mark { width: 1.6rem; height: 1.6rem; border-radius: .45rem; background: linear-gradient(135deg, #e8b06d, #a4531a); }
label { display: block; font-weight: 600; margin-bottom: .35rem; }
input, button { width: 100%; font: inherit; padding: .65rem .8rem; border-radius: .6rem; border: 1px solid var(--line); }
input { background: transparent; color: inherit; }
input:focus-visible, button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
button { margin-top: 1rem; border-color: transparent; background: var(--accent); color: var(--paper); font-weight: 600; cursor: pointer; }
button.quiet { background: transparent; color: inherit; border-color: var(--line); }
.hint, .id { color: var(--quiet); font-size: .875rem; }
.id { display: block; overflow-wrap: anywhere; }
.notice { border-left: 3px solid #c0392b; padding: .25rem .75rem; margin: 0 0 1rem; }
table { width: 100%; border-collapse: collapse; margin: 1rem 0 .5rem; }
th, td { text-align: left; padding: .45rem .25rem; border-bottom: 1px solid var(--line); font-weight: 400; }
thead th { color: var(--quiet); font-size: .875rem; }
tbody th { font-weight: 600; }
code { font-size: .9em; }
`;
