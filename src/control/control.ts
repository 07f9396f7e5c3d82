import { Hono } from "hono";
import { isKey, type SiteKey } from "../core/ids.ts";
import { mayDo, type Principal } from "./access.ts";
import { draftEndpoints } from "./drafts.ts";
import { answer, type Endpoint } from "./endpoint.ts";
import { explainEndpoints } from "./explain.ts";
import { identifyKeyEndpoints } from "./identify-key.ts";
import type { ControlPorts } from "./ports.ts";
import { previewEndpoints } from "./previews.ts";
import { refuse } from "./refusal.ts";
import { releaseEndpoints } from "./releases.ts";
import { visitLinkEndpoints } from "./visit-links.ts";
import { visitorEndpoints } from "./visitors.ts";
import { weightEndpoints } from "./weights.ts";

/** Everything the admin API can do with a site. */
export const endpoints: readonly Endpoint[] = [
  ...draftEndpoints,
  ...releaseEndpoints,
  ...visitorEndpoints,
  ...visitLinkEndpoints,
  ...previewEndpoints,
  ...explainEndpoints,
  ...weightEndpoints,
  ...identifyKeyEndpoints,
];

interface Variables {
  readonly principal: Principal;
}

/**
 * The admin API, to be mounted at `/_caramel/api/v1`.
 *
 * Deny by default: nothing is looked at before the token, no address exists outside the table, and each is entered only
 * through `mayDo`. Every refusal is problem+json.
 */
export function createControl(ports: ControlPorts): Hono<{ Variables: Variables }> {
  const app = new Hono<{ Variables: Variables }>();
  app.onError((error, { req }) => {
    ports.report(error, req.raw);
    return refuse({ kind: "bug" });
  });
  app.use("*", async (context, next) => {
    const principal = await principalOf(context.req.header("authorization"), ports);
    if (principal === null) return refuse({ kind: "unauthenticated" });
    context.set("principal", principal);
    return next();
  });
  app.get("/sites", async (context) => answer({ sites: await sitesOf(context.get("principal"), ports) }));
  // Why something is seen is asked by its URL, and that names the site.
  app.get("/explain", async (context) => {
    const host = hostOf(context.req.query("url"));
    const site = context.req.query("site") ?? (host === null ? null : await ports.findSite(host));
    const query = new URL(context.req.url).search;
    return app.request(`/sites/${encodeURIComponent(site ?? "-")}/explain${query}`, {
      headers: context.req.raw.headers,
    });
  });
  for (const endpoint of endpoints) mount(app, endpoint, ports);
  for (const path of new Set(["/sites", "/explain", ...endpoints.map((endpoint) => endpoint.path)])) {
    app.all(path, () => refuse({ kind: "method", allowed: allowedAt(path) }));
  }
  app.all("*", () => refuse({ kind: "not_found", what: "There is no such address in the admin API." }));
  return app;
}

/** RFC 6750: the scheme's name in any case, one space, the token. */
async function principalOf(header: string | undefined, { authenticate }: ControlPorts): Promise<Principal | null> {
  const token = /^Bearer ([\w\-.~+/]+=*)$/i.exec(header ?? "")?.[1];
  return token === undefined ? null : authenticate(token);
}

async function sitesOf(principal: Principal, { drafts }: ControlPorts) {
  const sites = await drafts.sites();
  return sites.filter(({ site }) => mayDo(principal, "read", site));
}

function mount(app: Hono<{ Variables: Variables }>, endpoint: Endpoint, ports: ControlPorts): void {
  const { method, path, action, handle } = endpoint;
  app.on(method, path, async (context) => {
    const params: Readonly<Record<string, string>> = context.req.param();
    const { site = "" } = params;
    const principal = context.get("principal");
    if (!mayDo(principal, action, site as SiteKey)) return refuse({ kind: "forbidden" });
    if (!isKey(site)) return refuse({ kind: "not_found", what: "A site's key has small letters, digits, - and _." });
    return handle({ request: context.req.raw, principal, params, site: site as SiteKey }, ports);
  });
}

const hostOf = (url: string | undefined): string | null =>
  URL.canParse(url ?? "") ? new URL(url ?? "").hostname : null;

const allowedAt = (path: string): readonly string[] => {
  const methods = endpoints.filter((endpoint) => endpoint.path === path).map(({ method }) => method as string);
  return path === "/sites" || path === "/explain" ? ["GET"] : [...new Set(methods)].sort();
};
