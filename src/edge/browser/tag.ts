import type { Decision, GivenVariant } from "../../core/decision.ts";
import type { SitePolicy } from "../../core/draft.ts";
import { readMediaType } from "../../http/media-type.ts";
import type { Acting } from "../acting.ts";
import type { Edge } from "../edge.ts";
import type { Visitor } from "../identify.ts";
import { scriptTag } from "../script-tag.ts";
import { operationsOf } from "./page-operations.ts";

/** Where pages find the browser's helper, as this deployment has it. */
export interface ClientAddress {
  /** A path with the text's version in it. */
  readonly src: string;
  /** `sha384-…` of the text. */
  readonly integrity: string;
}

/**
 * The same, with the element that loads the browser's helper at the beginning of the page's head, where the site wants it. Every
 * arm gets it, and those who are in no experience: else what it measures would not compare. Crawlers do not.
 *
 * At the beginning, since a `<base>` before it would lead it elsewhere. It is no experience's doing: nobody is exposed by it.
 */
export function withClient(
  acting: Acting,
  answer: Response,
  { url }: Request,
  visitor: Visitor,
  { client }: SitePolicy,
  edge: Edge,
): Acting {
  if (client === undefined || edge.client === undefined || visitor.kind !== "visitor" || answer.status !== 200) {
    return acting;
  }
  // In XHTML our element would have to be written otherwise, and hardly anybody serves it.
  if (readMediaType(answer.headers.get("content-type"))?.essence !== "text/html") return acting;
  const { src, integrity } = edge.client;
  const origin = url.slice(0, url.indexOf("/", "https://".length));
  const { decision } = acting;
  const app = client === "app" ? { app: doneOn(decision) } : {};
  const tag = scriptTag(answer.headers, src, { origin, integrity, ...app });
  if (tag === null) return acting;
  return { ...acting, decision: { ...decision, given: [...decision.given, carrierOf(tag)] } };
}

/** Rendering the page tells of what fails, too. */
const told = (): void => {};

/** What is being done to this page, as JSON in ASCII: hydration may undo it, and the helper does it again. */
function doneOn(decision: Decision): string {
  const operations = decision.given.toReversed().flatMap((given) => operationsOf(given, decision, told));
  return JSON.stringify(operations).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** What puts an element into the head, as if a variant did. It watches nothing. */
const carrierOf = (tag: string): GivenVariant => ({
  experience: "client.js",
  kind: "personalization",
  version: 0,
  variant: "client.js",
  reason: "STATIC",
  detail: "split",
  propensityBps: 10_000,
  counted: false,
  sticky: false,
  plan: {
    html: [{ selector: "head", action: "prepend", name: null, value: () => tag }],
    json: [],
    headers: [],
    move: null,
    watchedSelectors: [],
    watchedPointers: [],
    watchesHeaders: false,
    watchesMove: false,
    slots: {},
  },
});
