import { applyHere, keepHydrated } from "./app.ts";
import { watchClicks } from "./clicks.ts";
import { watchNavigation } from "./navigation.ts";
import { flush, note, track } from "./outbox.ts";
import { noteScroll, openPage, resumePageTime, tellPageTime } from "./page-time.ts";
import { tellVitals, watchVitals } from "./web-vitals.ts";

/** What pages may call. `?.` keeps them going where a blocker is in the way: `caramel?.track("signed_up")`. */
declare global {
  interface Window {
    caramel?: { readonly track: typeof track };
  }
}

/** A page view leaves by itself if nothing else does for so long. */
const viewAfterMs = 1000;

/** As long as a property may be. */
const mostPathCharacters = 500;
const pathHere = (): string => location.pathname.slice(0, mostPathCharacters);

let path = pathHere();
let vitalsAreTold = false;

function seePage(): void {
  path = pathHere();
  note("page_view", { props: { path } });
  openPage();
  setTimeout(flush, viewAfterMs);
}

function hidden(): void {
  tellPageTime(path);
  if (!vitalsAreTold) tellVitals(path);
  vitalsAreTold = true;
  void flush();
}

/** What nobody has to ask for. Visitors who said no to being measured in general are not. */
function watch(): void {
  watchVitals();
  seePage();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") hidden();
    else resumePageTime();
  });
  addEventListener("pagehide", hidden); // browsers that close a page without a word
  addEventListener("pageshow", ({ persisted }) => persisted && seePage());
  addEventListener("scroll", noteScroll, { passive: true });
}

/** A page that is only prepared has not been seen. */
function start(): void {
  watchClicks();
  const { globalPrivacyControl } = navigator as { readonly globalPrivacyControl?: boolean };
  if (!globalPrivacyControl) watch();
  watchNavigation((from) => {
    if (app !== undefined) void applyHere(from);
    if (globalPrivacyControl) return;
    tellPageTime(path);
    seePage();
  });
}

/** What a single-page app's page came with, or `""` for one that does not say; `undefined` on other pages. */
const app = document.currentScript?.dataset.app;

if (!window.caramel) {
  window.caramel = { track };
  if (app !== undefined) keepHydrated(app);
  const { prerendering } = document as { readonly prerendering?: boolean };
  if (prerendering) document.addEventListener("prerenderingchange", start, { once: true });
  else start();
}
