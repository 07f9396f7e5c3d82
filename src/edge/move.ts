import type { Decision } from "../core/decision.ts";
import { isServablePath, redirectLocation } from "../core/move.ts";
import { addressOf } from "../http/url-parts.ts";
import type { Edge } from "./edge.ts";
import type { Way } from "./route.ts";

/** Where this page comes from instead of where it was asked for. */
export type PageMove =
  /** Another path of the origin, under the visitor's URL. */
  | { readonly kind: "serve"; readonly path: string; readonly canonical: string }
  /** The browser is sent elsewhere; the origin is not asked. */
  | { readonly kind: "redirect"; readonly location: string };

/** Parameters that say how somebody came, not what they came for: search engines should see one page. */
const tracking = /^(?:utm_\w+|gclid|dclid|gbraid|wbraid|msclkid|fbclid|twclid|ttclid|mc_cid|mc_eid|caramel_\w+)$/i;

/**
 * Carries out the move that a decision asks for, or `null` for none: no arm moves, the visitor is there already, or the
 * place may not be gone to (which saving would have refused; it is reported, and the page stays the origin's own).
 */
export function moveOf(
  { given }: Decision,
  { at, live }: Extract<Way, { kind: "page" }>,
  request: Request,
  edge: Edge,
): PageMove | null {
  const mover = given.find(({ plan }) => plan.move !== null);
  const move = mover?.plan.move ?? null;
  if (mover === undefined || move === null) return null;
  const { site } = live.compiled.release.content;
  const refused = (why: string): null => {
    edge.report({ stage: "move", site: site.key, what: `${mover.experience}: ${why}` });
    return null;
  };
  const { scheme, authority } = addressOf(request.url);
  const origin = `${scheme}://${authority}`;
  if (move.kind === "serve") {
    if (!isServablePath(move.path)) return refused("serve: it is no path of the origin");
    return { kind: "serve", path: move.path, canonical: `${origin}${at.path}${withoutTracking(at.search)}` };
  }
  // A browser follows a 302 with GET, and what it had sent would be lost.
  if (request.method !== "GET" && request.method !== "HEAD") return null;
  const found = redirectLocation(move.location, { origin, path: at.path, search: at.search }, site);
  if ("refusal" in found) return refused(`redirect: ${found.refusal}`);
  return found.location === null ? null : { kind: "redirect", location: found.location };
}

function withoutTracking(search: string): string {
  const kept = search
    .slice(1)
    .split("&")
    .filter((pair) => pair !== "" && !tracking.test(pair.split("=", 1)[0] ?? ""));
  return kept.length === 0 ? "" : `?${kept.join("&")}`;
}

/** The answer that sends the browser on; ours alone, so that nothing of it may be kept by anybody. */
export const redirection = ({ location }: Extract<PageMove, { kind: "redirect" }>): Response =>
  new Response(null, { status: 302, headers: { location, "cache-control": "private, no-store" } });
