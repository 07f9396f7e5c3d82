import { type ProblemDetails, problemJson } from "../http/problem-response.ts";
import { callLimits, intakeLimits } from "./limits.ts";

/** Every way in which the addresses for visitors say no to a whole request. */
export type Refusal =
  | { readonly kind: "no_site" }
  | { readonly kind: "method"; readonly allowed: string }
  | { readonly kind: "unauthenticated" }
  | { readonly kind: "foreign_page" }
  | { readonly kind: "too_many" }
  | { readonly kind: "coded_body" }
  | { readonly kind: "media_type" }
  | { readonly kind: "too_large" }
  | { readonly kind: "too_many_events" }
  | { readonly kind: "malformed"; readonly why: string }
  | { readonly kind: "not_signed" }
  | { readonly kind: "no_visitor" }
  | { readonly kind: "no_consent" }
  | { readonly kind: "unavailable" };

/** After how long a caller may try again. */
const retrySeconds = { too_many: callLimits.periodSeconds, unavailable: 5 } as const;

/** What a refusal says (RFC 9457), on which status, with which headers. */
export function refuse(refusal: Refusal): Response {
  const response = problemJson(problemOf(refusal));
  if (refusal.kind === "method") response.headers.set("allow", refusal.allowed);
  if (refusal.kind === "unauthenticated") response.headers.set("www-authenticate", 'Bearer realm="caramel"');
  if (refusal.kind === "too_many" || refusal.kind === "unavailable") {
    response.headers.set("retry-after", String(retrySeconds[refusal.kind]));
  }
  return response;
}

function problemOf(refusal: Refusal): ProblemDetails {
  switch (refusal.kind) {
    case "no_site":
      return { status: 404, title: "Not found", detail: "No site of ours answers on this host." };
    case "method":
      return { status: 405, title: "Method not allowed", detail: `This address knows ${refusal.allowed}.` };
    case "unauthenticated":
      return { status: 401, title: "Who are you?", detail: "The bearer token is not one of this site's servers." };
    case "foreign_page":
      return { status: 403, title: "Not allowed", detail: "Only pages of this site may speak for its visitors." };
    case "too_many":
      return {
        status: 429,
        title: "Too often",
        detail: `Wait as long as Retry-After says; ${callLimits.visitor} calls a minute are fine.`,
      };
    case "coded_body":
      return {
        status: 415,
        title: "Unsupported content coding",
        detail: "Send the body as it is, without Content-Encoding.",
      };
    case "media_type":
      return { status: 415, title: "Unsupported media type", detail: "Send JSON as application/json or text/plain." };
    case "too_large":
      return { status: 413, title: "Too large", detail: `The body may have ${intakeLimits.bodyBytes} bytes.` };
    case "too_many_events":
      return { status: 413, title: "Too large", detail: `A batch may have ${intakeLimits.eventsPerBatch} events.` };
    case "malformed":
      return { status: 400, title: "The request can't be read", detail: refusal.why };
    case "not_signed":
      return { status: 403, title: "Not allowed", detail: "The signature is not this site's for this user." };
    case "no_visitor":
      return { status: 409, title: "Nobody to speak of", detail: "The visitor's cookie is missing or not ours." };
    case "no_consent":
      return { status: 403, title: "Not allowed", detail: "The visitor does not allow it." };
    case "unavailable":
      return { status: 503, title: "Try again in a moment", detail: "Nothing was taken; sending it again is safe." };
    default:
      return refusal satisfies never;
  }
}
