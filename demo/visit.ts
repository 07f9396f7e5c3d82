import { type Basket, parseBasket } from "./basket.ts";
import { parseCookies } from "./cookies.ts";

/** The shop's own cookies. They have nothing to do with those of a proxy in front of it. */
export const cookieNames = {
  added: "tl_added",
  basket: "tl_basket",
  currency: "tl_currency",
  newsletter: "tl_newsletter",
  order: "tl_order",
  reader: "tl_reader",
  session: "tl_session",
} as const;

/** One request, as the pages see it. */
export interface Visit {
  readonly method: string;
  readonly url: URL;
  readonly form: URLSearchParams;
  readonly cookies: ReadonlyMap<string, string>;
  readonly basket: Basket;
  /** First name of a signed-in reader. */
  readonly reader: string | null;
  readonly ifNoneMatch: string | null;
  /** A random id which a page may give away, once. */
  readonly freshId: string;
  readonly nowMs: number;
}

/** What the server reads off a request before the pages see it. */
export interface VisitParts {
  readonly method: string;
  readonly url: URL;
  readonly form: URLSearchParams;
  readonly cookie: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly freshId: string;
  readonly nowMs: number;
}

/** Makes the visit out of what arrived. */
export function visitOf({ cookie, ifNoneMatch, ...rest }: VisitParts): Visit {
  const cookies = parseCookies(cookie);
  const basket = parseBasket(cookies.get(cookieNames.basket) ?? "");
  const reader = cookies.get(cookieNames.reader)?.slice(0, 40) || null;
  return { ...rest, cookies, basket, reader, ifNoneMatch: ifNoneMatch ?? null };
}
