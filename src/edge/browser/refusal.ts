import { type ProblemDetails, problemJson } from "../../http/problem-response.ts";

/** Every way in which the address for single-page apps says no. */
export type Refusal = "path" | "no_site" | "foreign_page" | "method" | "malformed" | "unavailable";

const problems: Readonly<Record<Refusal, ProblemDetails>> = {
  path: {
    status: 400,
    title: "The request can't be read",
    detail: "path: the page's path and query, such as /books?q=x.",
  },
  no_site: { status: 404, title: "Not found", detail: "No site of ours answers on this host." },
  foreign_page: { status: 403, title: "Not allowed", detail: "Only pages of this site may ask for its visitors." },
  method: { status: 405, title: "Method not allowed", detail: "This address knows GET and POST." },
  malformed: { status: 400, title: "The request can't be read", detail: 'The body must be {"found": [ …tokens ]}.' },
  unavailable: { status: 503, title: "Try again in a moment", detail: "Nothing was taken; sending it again is safe." },
};

/** What a refusal says (RFC 9457), on which status. */
export function refuse(refusal: Refusal): Response {
  const response = problemJson(problems[refusal]);
  if (refusal === "method") response.headers.set("allow", "GET, POST");
  if (refusal === "unavailable") response.headers.set("retry-after", "5");
  return response;
}
