import { type Answer, problem, refusal } from "./answer.ts";
import { basketApi, bookApi, booksApi, recommendationsApi } from "./api.ts";
import { assetAt } from "./assets.ts";
import { aboutPage } from "./pages/about.ts";
import { accountPage, signIn, signOut } from "./pages/account.ts";
import { addToBasket, basketPage, changeBasket } from "./pages/basket.ts";
import { bookPage } from "./pages/book.ts";
import { genrePage } from "./pages/genre.ts";
import { homePage } from "./pages/home.ts";
import { newsletterPage, subscribe } from "./pages/newsletter.ts";
import { notFoundPage } from "./pages/notFound.ts";
import { orderPage, placeOrder, thanksPage } from "./pages/order.ts";
import { searchPage } from "./pages/search.ts";
import type { Visit } from "./visit.ts";

/** Answers a request. `slug` is the last segment of a path that has one, otherwise empty. */
type Handler = (visit: Visit, slug: string) => Answer;

interface Route {
  readonly path: RegExp;
  readonly methods: Readonly<Partial<Record<string, Handler>>>;
}

const routes: readonly Route[] = [
  { path: /^\/$/u, methods: { GET: homePage } },
  { path: /^\/genre\/([a-z-]+)$/u, methods: { GET: genrePage } },
  { path: /^\/books\/([a-z0-9-]+)$/u, methods: { GET: bookPage } },
  { path: /^\/basket$/u, methods: { GET: basketPage, POST: addToBasket } },
  { path: /^\/basket\/lines$/u, methods: { POST: changeBasket } },
  { path: /^\/order$/u, methods: { GET: orderPage, POST: placeOrder } },
  { path: /^\/thanks$/u, methods: { GET: thanksPage } },
  { path: /^\/search$/u, methods: { GET: searchPage } },
  { path: /^\/account$/u, methods: { GET: accountPage, POST: signIn } },
  { path: /^\/account\/sign-out$/u, methods: { POST: signOut } },
  { path: /^\/newsletter$/u, methods: { GET: newsletterPage, POST: subscribe } },
  { path: /^\/about$/u, methods: { GET: aboutPage } },
  { path: /^\/api\/books$/u, methods: { GET: booksApi } },
  { path: /^\/api\/books\/([a-z0-9-]+)$/u, methods: { GET: bookApi } },
  { path: /^\/api\/recommendations$/u, methods: { GET: recommendationsApi } },
  { path: /^\/api\/basket$/u, methods: { GET: basketApi } },
];

/** Finds the page, asset or API for a visit; everything else is the 404 of its kind. */
export function answer(visit: Visit): Answer {
  const method = visit.method === "HEAD" ? "GET" : visit.method;
  const asset = method === "GET" ? assetAt(visit) : null;
  if (asset !== null) return asset;
  for (const route of routes) {
    const match = route.path.exec(visit.url.pathname);
    if (match !== null) return route.methods[method]?.(visit, match[1] ?? "") ?? notAllowed(route);
  }
  if (visit.url.pathname.startsWith("/api/")) return problem(404, "Not found", "There is no such resource.");
  return notFoundPage(visit);
}

function notAllowed({ methods }: Route): Answer {
  const refused = refusal(405, "Method not allowed");
  return { ...refused, headers: { ...refused.headers, allow: Object.keys(methods).join(", ") } };
}
