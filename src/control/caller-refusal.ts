import { problemJson } from "../http/problem-response.ts";

/** Ways to say no that are about who calls, and how often, whatever they ask for. */
export type CallerRefusal =
  | { readonly kind: "unauthenticated"; readonly because?: keyof typeof whoAreYou }
  | { readonly kind: "forbidden" }
  | { readonly kind: "cross_site" }
  | { readonly kind: "too_many"; readonly retryAfterS: number }
  | { readonly kind: "under_way" }
  | { readonly kind: "key_reused" }
  | { readonly kind: "shown_once" };

/** Unknown, malformed and missing tokens are answered alike. The others are told only to whoever holds the whole of it. */
const whoAreYou = {
  unknown: "Send a valid token: Authorization: Bearer <token>.",
  invalid: "What Cloudflare Access said of you can't be verified.",
  expired: "This token, or what Cloudflare Access said of you, has expired. Get a new one.",
  revoked: "This token has been revoked. Ask an operator for another.",
} as const;

/** What such a refusal says, on which status, with which headers. */
export function refuseCaller(refusal: CallerRefusal): Response {
  switch (refusal.kind) {
    case "unauthenticated": {
      const headers = { "www-authenticate": 'Bearer realm="caramel"' };
      return saying(401, "Who are you?", whoAreYou[refusal.because ?? "unknown"], headers);
    }
    case "forbidden":
      return saying(403, "Not allowed", "This token may not do this here.");
    case "cross_site":
      return saying(
        403,
        "Not from here",
        "With a session or by Access, only pages of this very origin may change something. Use a token.",
      );
    case "too_many": {
      const { retryAfterS } = refusal;
      const headers = { "retry-after": String(retryAfterS) };
      return saying(429, "Slow down", `Too many attempts. Try again in ${retryAfterS} seconds.`, headers);
    }
    case "under_way": {
      const detail = "A call with this Idempotency-Key is under way. Ask again in a moment.";
      return saying(409, "Not done yet", detail, { "retry-after": "1" });
    }
    case "key_reused":
      return saying(
        422,
        "The key has been used",
        "This Idempotency-Key was used for another call. Use a new one for each thing to be done.",
      );
    case "shown_once":
      return saying(
        409,
        "Shown once only",
        "This was done, and its secret shown then: it is kept nowhere. Revoke it and make another.",
      );
    default:
      return refusal satisfies never;
  }
}

function saying(
  status: number,
  title: string,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const response = problemJson({ status, title, detail });
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}
