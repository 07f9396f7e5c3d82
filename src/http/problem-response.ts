/** Why a visitor gets an answer of ours in place of the site's. */
export type ProxyFailure =
  | "origin_timeout"
  | "origin_unreachable"
  | "origin_refused"
  | "origin_invalid"
  | "host_invalid"
  | "loop";

/** What RFC 9457 says about a failure; `detail` is for the person who reads it, never with anything secret. */
export interface ProblemDetails {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** Members of one's own, for example the list of mistakes. */
  readonly members?: Readonly<Record<string, unknown>>;
}

const proxyProblems: Readonly<Record<ProxyFailure, ProblemDetails>> = {
  origin_timeout: {
    status: 504,
    title: "The site took too long to answer",
    detail: "The site's own server did not answer in time. Please try again in a moment.",
  },
  origin_unreachable: {
    status: 502,
    title: "The site cannot be reached",
    detail: "The site's own server could not be reached. Please try again in a moment.",
  },
  origin_refused: {
    status: 502,
    title: "The site cannot be reached",
    detail: "The site's own server has an address that may not be asked from here.",
  },
  origin_invalid: {
    status: 502,
    title: "The site's answer cannot be read",
    detail: "The site's own server gave an answer that is not valid HTTP.",
  },
  host_invalid: {
    status: 400,
    title: "The request cannot be understood",
    detail: "The request's Host header is not a host name.",
  },
  loop: {
    status: 508,
    title: "The request is going round in circles",
    detail: "This request has been through here before: the site's origin leads back to itself.",
  },
};

/**
 * The answer to a visitor whose page could not be fetched: a small plain page for people, problem+json for programs.
 *
 * Never stored; `x-caramel` names the reason for whoever operates the site.
 */
export function proxyFailure(failure: ProxyFailure, request: Request): Response {
  const wantsPage = request.headers.get("accept")?.includes("text/html") === true;
  const problem = proxyProblems[failure];
  const response = wantsPage ? problemPage(problem) : problemJson(problem);
  response.headers.set("x-caramel", `bypass;${failure}`);
  return response;
}

/** A failure as RFC 9457 problem+json. `type` is left at its default, `about:blank`: the title says what the status means. */
export function problemJson({ status, title, detail, members }: ProblemDetails): Response {
  return new Response(JSON.stringify({ ...members, title, status, detail }), {
    status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
  });
}

/** A failure as a page that needs nothing else to be readable. */
function problemPage({ status, title, detail }: ProblemDetails): Response {
  const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">
<title>${title}</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem;color-scheme:light dark}</style></head>
<body><h1>${title}</h1><p>${detail}</p><p><small>${status}</small></p></body></html>
`;
  return new Response(page, {
    status,
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
  });
}
