import { urlParts } from "../../http/url-parts.ts";
import type { Edge } from "../edge.ts";
import { found } from "./found.ts";
import { pageAnswer } from "./page-answer.ts";
import { refuse } from "./refusal.ts";

/** `/_caramel/page`: what single-page apps ask, and what they found. Never rejects: a page that gets nothing stays as it is. */
export async function pageDoor(request: Request, edge: Edge): Promise<Response> {
  try {
    if (request.method === "GET") return await pageAnswer(request, edge);
    return request.method === "POST" ? await found(request, edge) : refuse("method");
  } catch (error) {
    edge.report({ stage: "decide", site: urlParts(request.url).host, what: `page: ${error}` });
    return refuse("unavailable");
  }
}
