import type { Decision } from "../core/decision.ts";
import { pageCharset } from "../http/charset.ts";
import { isHtml, isJson, type MediaType, readMediaType } from "../http/media-type.ts";
import { renderHtml } from "./render-html.ts";
import { renderJson } from "./render-json.ts";
import { OutcomeRecord } from "./render-outcome.ts";
import type { Rendered } from "./rendered.ts";

export interface RenderOptions {
  /** The request's method: only answers to `GET` are rendered. */
  readonly method: string;
  /** Statuses to render; 206 never is. */
  readonly statuses: ReadonlySet<number>;
}

const pagesOnly: RenderOptions = { method: "GET", statuses: new Set([200]) };

/** Content codings that the platform takes off and puts on again by itself. Under any other a body is not text. */
const codings: ReadonlySet<string> = new Set(["", "identity", "gzip", "br"]);

/**
 * Carries a decision out on the origin's answer, streaming.
 *
 * Whatever must not or need not be changed comes back as the very same response, its body unread. Headers are left to
 * `respond`. Never rejects once it has begun to read the body.
 */
export async function render(answer: Response, decision: Decision, options = pagesOnly): Promise<Rendered> {
  const type = mayChange(answer, options) ? readMediaType(answer.headers.get("content-type")) : null;
  if (type === null) return untouched(answer);
  if (isHtml(type)) return (await renderPage(answer, decision, type)) ?? untouched(answer);
  return (isJson(type) ? await renderJson(answer, decision) : null) ?? untouched(answer);
}

const untouched = (answer: Response): Rendered => ({
  response: answer,
  changed: false,
  outcome: Promise.resolve(new OutcomeRecord().outcome()),
});

function mayChange(answer: Response, { method, statuses }: RenderOptions): boolean {
  const { headers, status, body } = answer;
  if (method !== "GET" || !statuses.has(status) || status === 206 || body === null) return false;
  if (headers.get("content-length") === "0" || headers.has("content-range")) return false;
  if (!codings.has((headers.get("content-encoding") ?? "").trim().toLowerCase())) return false;
  return !/(?:^|,)\s*no-transform\s*(?:,|$)/i.test(headers.get("cache-control") ?? "");
}

async function renderPage(answer: Response, decision: Decision, type: MediaType): Promise<Rendered | null> {
  const charset = pageCharset(type.charset);
  if (charset === null) return null;
  const text = { asciiOnly: !charset.certain, xml: type.essence === "application/xhtml+xml" };
  return renderHtml(answer, decision, charset, text);
}
