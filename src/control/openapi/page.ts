import { html } from "hono/html";
import { type Described, type OpenApi, operationIn, tagOf } from "./document.ts";

type Markup = ReturnType<typeof html>;

/** The admin API for people to read: every call with what it takes, an example to copy, and what comes back. No script. */
export async function apiPage(operations: readonly Described[], document: OpenApi, version: string): Promise<string> {
  const groups = Map.groupBy(operations, tagOf);
  const contents = [...groups].map(
    ([name, calls]) => html`<li><a href="#${name}">${name}</a> <span>${calls.length}</span></li>`,
  );
  const sections = [...groups].map(
    ([name, calls]) =>
      html`<section id="${name}"><h2>${name}</h2>${calls.map((call) => callPart(call, document))}</section>`,
  );
  return String(
    await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Caramel: the admin API</title>
<link rel="stylesheet" href="/_caramel/static/api.css">
</head>
<body>
<nav aria-label="Contents"><h1>Caramel</h1><p>Admin API ${version}</p><ul>${contents}</ul>
<p><a href="/_caramel/api/openapi.json">openapi.json</a></p></nav>
<main>
<p>Send a token with every call: <code>Authorization: Bearer crml_…</code>. Errors are problem+json: <code>detail</code> says what and where,
<code>problems</code> how to mend it. A <code>POST</code> with an <code>Idempotency-Key</code> may be sent again.</p>
${sections}
</main>
</body>
</html>
`,
  );
}

function callPart(call: Described, document: OpenApi): Markup {
  const { method, path, about, action, wire } = call;
  const { requestBody, responses } = operationIn(document, call);
  const address = path.replaceAll(/:(\w+)/g, "{$1}");
  const query = Object.entries(wire.query ?? {});
  return html`<article id="${wire.id}">
<h3><a href="#${wire.id}"><code class="${method.toLowerCase()}">${method}</code> <code>${address}</code></a></h3>
<p>${about} <span class="who">Asks for <code>${action}</code>.</span></p>
${query.length === 0 ? "" : html`<table><tbody>${query.map(([name, schema]) => queryRow(name, schema.safeParse(undefined).success, schema.description ?? ""))}</tbody></table>`}
<pre>${curlOf(call)}</pre>
${requestBody === undefined ? "" : schemaPart("Body", requestBody)}
${schemaPart("Answers", responses)}
</article>`;
}

const queryRow = (name: string, mayLack: boolean, description: string): Markup =>
  html`<tr><th scope="row"><code>?${name}</code></th><td>${mayLack ? "" : html`<strong>required.</strong> `}${description}</td></tr>`;

function curlOf({ method, path, wire }: Described): string {
  const address = path.replaceAll(":site", "bookshop").replaceAll(/:(\w+)/g, "{$1}");
  const lines = [
    `curl -H "Authorization: Bearer $CARAMEL_TOKEN"${method === "GET" ? "" : ` -X ${method}`}`,
    ...(wire.example === undefined ? [] : ["-H 'content-type: application/json'", `-d '${wire.example}'`]),
    `"$CARAMEL_URL/_caramel/api/v1${address}"`,
  ];
  return lines.join(" \\\n  ");
}

const schemaPart = (name: string, schema: unknown): Markup =>
  html`<details><summary>${name}</summary><pre>${JSON.stringify(schema, null, 2)}</pre></details>`;

/** A file of its own: the page allows nothing inline. */
export const apiStyle = `:root { color-scheme: light dark; --ink: #2b2118; --paper: #fdfaf6; --line: #e6dccf; --accent: #a4531a; --quiet: #75685a; --code: #f4ece1; }
@media (prefers-color-scheme: dark) { :root { --ink: #f3ebe1; --paper: #1d1712; --line: #43372b; --accent: #e2a45f; --quiet: #b3a393; --code: #2a221b; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; display: grid; grid-template-columns: 15rem minmax(0, 1fr); }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1.5rem; border-right: 1px solid var(--line); }
nav h1 { font-size: 1.3rem; margin: 0; }
nav ul { list-style: none; padding: 0; }
nav li { display: flex; justify-content: space-between; padding: .15rem 0; }
nav span, .who, nav p { color: var(--quiet); font-size: .875rem; }
main { padding: 1.5rem 2rem 6rem; max-width: 60rem; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
h2 { margin: 2.5rem 0 .5rem; border-bottom: 1px solid var(--line); padding-bottom: .25rem; }
article { padding: .75rem 0 1.25rem; }
article:target { background: var(--code); border-radius: .6rem; padding: .75rem 1rem 1.25rem; }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
h3 a { color: inherit; }
code, pre { font: .875rem/1.5 ui-monospace, monospace; }
h3 code:first-child { color: var(--accent); font-weight: 700; }
pre { background: var(--code); border-radius: .5rem; padding: .75rem 1rem; overflow: auto; max-height: 26rem; margin: .5rem 0; }
summary { cursor: pointer; color: var(--quiet); }
table { border-collapse: collapse; margin: .5rem 0; }
th, td { text-align: left; padding: .2rem 1rem .2rem 0; vertical-align: top; font-weight: 400; }
@media (max-width: 48rem) { body { display: block; } nav { position: static; height: auto; border: 0; } main { padding: 1rem; } }
`;
