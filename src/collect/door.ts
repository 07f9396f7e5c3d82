import type { Draft } from "../core/draft.ts";
import { urlParts } from "../http/url-parts.ts";
import { consent } from "./consent.ts";
import { identify } from "./identify.ts";
import { takeEvents } from "./intake.ts";
import { me } from "./me.ts";
import type { CollectPorts } from "./ports.ts";
import { refuse } from "./refusal.ts";

/** What stands at an address. */
type Handler = (request: Request, site: Draft, ports: CollectPorts) => Promise<Response>;

const handlers: Readonly<Record<string, Handler>> = {
  "/_caramel/events": takeEvents,
  "/_caramel/identify": identify,
  "/_caramel/consent": consent,
  "/_caramel/me": me,
};

/**
 * Answers what visitors, their pages and the site's servers ask. Never rejects: what fails on our side is a 503, and asking
 * again is safe everywhere.
 */
export async function collect(request: Request, ports: CollectPorts): Promise<Response> {
  const { host, path } = urlParts(request.url);
  const handler = Object.hasOwn(handlers, path) ? handlers[path] : undefined;
  try {
    const site = await ports.site(host);
    if (site === "no-release") return refuse({ kind: "unavailable" });
    if (site === "no-site" || handler === undefined) return refuse({ kind: "no_site" });
    return await handler(request, site, ports);
  } catch (error) {
    ports.report({ site: host, what: `${path}: ${error}` });
    return refuse({ kind: "unavailable" });
  }
}
