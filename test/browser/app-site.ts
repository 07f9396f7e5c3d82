import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** As strict as pages are: no script without the nonce, no inline style, no HTML from strings without a policy. */
const policy =
  "default-src 'none'; script-src 'nonce-r4nd0m'; connect-src 'self'; img-src data:; require-trusted-types-for 'script'";

/** A small single-page app: what a framework does to the page, in a few lines. */
const script = `
const page = {
  "/": ["Start", "Everything begins here"],
  "/second": ["Second", "The second page"],
};
const element = (name, properties) => Object.assign(document.createElement(name), properties);
function render() {
  const [title, lede] = page[location.pathname];
  const more = element("a", { className: "more", href: "/more", textContent: "more" });
  document.querySelector("main").replaceChildren(
    element("h1", { textContent: title }), element("p", { className: "lede", textContent: lede }), more,
    element("p", { className: "gone", textContent: "Not for everybody" }),
  );
}
window.app = {
  go: (path) => { history.pushState(null, "", path); render(); },
  hydrate: () => { render(); window.app.isHydrated = true; },
  rerender: () => { document.querySelector("h1").textContent = page[location.pathname][0]; },
};
document.addEventListener("DOMContentLoaded", () => setTimeout(window.app.hydrate, 150));
`;

const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><base href="https://elsewhere.invalid/"><title>App</title>
<link rel="icon" href="data:,"><script nonce="r4nd0m" src="/app.js" defer></script></head>
<body><main><h1>Start</h1><p class="lede">Everything begins here</p><a class="more" href="/more">more</a><p class="gone">Not for everybody</p></main>
<button data-caramel-event="pressed" data-caramel-value="2" data-caramel-props='{"sku":"b-1"}'><b>Press</b></button></body></html>`;

/** The app's website. */
export async function serveApp(): Promise<Server> {
  const server = createServer(({ url }, response) => {
    const isScript = url === "/app.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html; charset=utf-8");
    if (!isScript) response.setHeader("content-security-policy", policy);
    response.end(isScript ? script : html.replace("https://elsewhere.invalid/", "/"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** Its configuration, for everybody; `.lede` thanks those who pressed the button. */
export const appSite = (server: Server) => ({
  site: "app",
  hosts: ["app.localhost"],
  origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  client: "app",
  experiences: {
    start: {
      kind: "personalization",
      routes: ["/"],
      variants: {
        on: {
          operations: [
            { selector: "h1", action: "setText", value: "Welcome" },
            { selector: "main", action: "append", value: '<p id="note">Only <b>you</b></p>' },
            { selector: ".gone", action: "remove" },
          ],
        },
      },
    },
    second: {
      kind: "personalization",
      routes: ["/second"],
      variants: {
        on: {
          operations: [
            { selector: "h1", action: "setText", value: "Second, for you" },
            { selector: "h1", action: "addClass", value: "yours" },
            { selector: "h1", action: "after", value: '<p id="beside">And this beside it</p>' },
            { selector: ".more", action: "setAttribute", name: "href", value: "/more-for-you" },
            { selector: ".more", action: "setStyle", name: "color", value: "#b00000" },
            { selector: ".gone", action: "remove" },
          ],
        },
      },
    },
    nowhere: {
      kind: "personalization",
      routes: ["/second"],
      variants: { on: { operations: [{ selector: "#not-on-this-page", action: "remove" }] } },
    },
    thanks: {
      kind: "personalization",
      routes: ["/second"],
      audience: { "event.pressed.count": { $gte: 1 } },
      variants: { on: { operations: [{ selector: ".lede", action: "setText", value: "Thank you for pressing" }] } },
    },
  },
});
