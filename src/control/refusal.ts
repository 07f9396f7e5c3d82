import type { Problem } from "../core/problem.ts";
import { problemJson } from "../http/problem-response.ts";
import type { DraftEdit } from "../store/reviews.ts";
import { type CallerRefusal, refuseCaller } from "./caller-refusal.ts";

/** Every way in which the admin API says no. One place maps them to problem+json (RFC 9457). */
export type Refusal =
  | CallerRefusal
  | { readonly kind: "not_found"; readonly what: string }
  | { readonly kind: "method"; readonly allowed: readonly string[] }
  | { readonly kind: "media_type"; readonly got: string }
  | { readonly kind: "too_large"; readonly limitBytes: number }
  | { readonly kind: "malformed"; readonly why: string }
  | { readonly kind: "problems"; readonly problems: readonly Problem[] }
  /** Somebody else was first; `edits`: what they did since the revision that the caller has seen. */
  | { readonly kind: "precondition"; readonly revision: number | null; readonly edits?: readonly DraftEdit[] }
  /** The release may not go live before people have agreed. */
  | { readonly kind: "unapproved"; readonly why: string }
  /** The caller may do this in general, but not to their own. */
  | { readonly kind: "own"; readonly why: string }
  | { readonly kind: "conflict"; readonly why: string }
  | { readonly kind: "unavailable"; readonly why: string }
  | { readonly kind: "bug" };

/** What a refusal says, on which status, with which headers. */
export function refuse(refusal: Refusal): Response {
  switch (refusal.kind) {
    case "unauthenticated":
    case "forbidden":
    case "cross_site":
    case "too_many":
    case "under_way":
    case "key_reused":
    case "shown_once":
      return refuseCaller(refusal);
    case "not_found":
      return problemJson({ status: 404, title: "Not found", detail: refusal.what });
    case "method": {
      const allowed = refusal.allowed.join(", ");
      const detail = `This address knows ${allowed}.`;
      return withHeader(problemJson({ status: 405, title: "Method not allowed", detail }), "allow", allowed);
    }
    case "media_type": {
      const detail = `Send the body as application/json, not ${refusal.got}.`;
      return problemJson({ status: 415, title: "Unsupported media type", detail });
    }
    case "too_large": {
      const detail = `The body may have ${refusal.limitBytes} bytes.`;
      return problemJson({ status: 413, title: "Too large", detail });
    }
    case "malformed":
      return problemJson({ status: 400, title: "The request can't be read", detail: refusal.why });
    case "problems":
      return problems(refusal.problems);
    case "precondition":
      return changed(refusal.revision, refusal.edits ?? []);
    case "unapproved":
      return problemJson({ status: 409, title: "Not approved", detail: refusal.why });
    case "own":
      return problemJson({ status: 403, title: "Not your own", detail: refusal.why });
    case "conflict":
      return problemJson({ status: 409, title: "Conflict", detail: refusal.why });
    case "unavailable":
      return problemJson({ status: 503, title: "Try again in a moment", detail: refusal.why });
    case "bug":
      return problemJson({
        status: 500,
        title: "Something went wrong",
        detail: "It is in the log; nothing was changed by halves.",
      });
    default:
      return refusal satisfies never;
  }
}

function problems(found: readonly Problem[]): Response {
  const errors = found.filter(({ severity }) => severity === "error").length;
  const detail = `${errors} ${errors === 1 ? "mistake" : "mistakes"}: see problems for what, where and what to write.`;
  return problemJson({ status: 422, title: "The configuration has mistakes", detail, members: { problems: found } });
}

/** 409 rather than 412: the other's change goes along, so that the caller can resolve the conflict (RFC 9110, 15.5.10). */
function changed(revision: number | null, edits: readonly DraftEdit[]): Response {
  const title = "Somebody else was first";
  if (revision === null) return problemJson({ status: 409, title, detail: "The draft is not there any more." });
  const last = edits.at(-1);
  const by = last === undefined ? "" : `, last by ${last.by.name} at ${new Date(last.atMs).toISOString()}`;
  const detail = `The draft has changed${by}: it is at revision ${revision} now. Read it, and apply your change to that.`;
  const told = edits.map(({ by: { name }, atMs, ...rest }) => ({
    ...rest,
    by: name,
    at: new Date(atMs).toISOString(),
  }));
  return problemJson({ status: 409, title, detail, members: { revision, edits: told } });
}

function withHeader(response: Response, name: string, value: string): Response {
  response.headers.set(name, value);
  return response;
}
