/** What the shop answers, before it meets a socket. `cookies` become one `Set-Cookie` header each. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly body: string;
}

/** Sends the browser on with a GET. */
export function seeOther(location: string, cookies: readonly string[] = []): Answer {
  return { status: 303, headers: { location, "cache-control": "no-store" }, cookies, body: "" };
}

/** A JSON document for this visitor. */
export function json(data: unknown): Answer {
  const headers = { "content-type": "application/json; charset=utf-8", "cache-control": "no-cache", vary: "cookie" };
  return { status: 200, headers, cookies: [], body: JSON.stringify(data, null, 2) };
}

/** A failure in RFC 9457's words. */
export function problem(status: number, title: string, detail: string): Answer {
  const headers = { "content-type": "application/problem+json; charset=utf-8", "cache-control": "no-store" };
  return {
    status,
    headers,
    cookies: [],
    body: JSON.stringify({ type: "about:blank", title, status, detail }, null, 2),
  };
}

/** A short failure for a client that is not a reader. */
export function refusal(status: number, text: string): Answer {
  return { status, headers: { "content-type": "text/plain; charset=utf-8" }, cookies: [], body: `${text}\n` };
}
