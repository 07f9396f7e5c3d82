import { Hono } from "hono";
import * as z from "zod";
import type { SiteKey } from "../core/ids.ts";
import { mayDo } from "./access.ts";
import { auditEndpoints, deploymentAuditEndpoints } from "./audit.ts";
import { changeEndpoints } from "./changes.ts";
import { pageOf, sliced, sliceOf } from "./cursor.ts";
import { databaseEndpoints } from "./databases.ts";
import { deadLetterEndpoints } from "./dead-letters.ts";
import { draftEndpoints } from "./drafts.ts";
import { answer, type Endpoint, type GeneralEndpoint } from "./endpoint.ts";
import { explainEndpoints } from "./explain.ts";
import { goingLiveEndpoints } from "./going-live.ts";
import { identifyKeyEndpoints } from "./identify-key.ts";
import { liveCheckEndpoints } from "./live-checks.ts";
import { type ControlApp, mountGeneral, mountSite, type Variables } from "./mount.ts";
import { pageOfMany, pageQuery, siteKey } from "./openapi/shapes.ts";
import { everywherePeopleEndpoints, peopleEndpoints } from "./people.ts";
import type { ControlPorts } from "./ports.ts";
import { previewEndpoints } from "./previews.ts";
import { recognise } from "./recognise.ts";
import { refuse } from "./refusal.ts";
import { releaseEndpoints } from "./releases.ts";
import { replayEndpoints } from "./replay-contexts.ts";
import { reviewEndpoints } from "./reviews.ts";
import { everywhereTokenEndpoints, tokenEndpoints } from "./token-endpoints.ts";
import { visitLinkEndpoints } from "./visit-links.ts";
import { visitorEndpoints } from "./visitors.ts";
import { weightEndpoints } from "./weights.ts";
import { whoamiEndpoints } from "./whoami.ts";

/** Everything the admin API can do with a site. */
export const endpoints: readonly Endpoint[] = [
  ...draftEndpoints,
  ...changeEndpoints,
  ...liveCheckEndpoints,
  ...releaseEndpoints,
  ...reviewEndpoints,
  ...goingLiveEndpoints,
  ...replayEndpoints,
  ...visitorEndpoints,
  ...visitLinkEndpoints,
  ...previewEndpoints,
  ...explainEndpoints,
  ...weightEndpoints,
  ...identifyKeyEndpoints,
  ...deadLetterEndpoints,
  ...tokenEndpoints,
  ...peopleEndpoints,
  ...auditEndpoints,
];

/** `GET /sites`: those that the caller may read, and no word of the others. */
const listSites: GeneralEndpoint = {
  method: "GET",
  path: "/sites",
  action: "anyone",
  about: "The sites that you may read, by key.",
  wire: {
    id: "listSites",
    query: pageQuery,
    returns: pageOfMany("sites", z.object({ site: siteKey, revision: z.int() })),
  },
  handle: async ({ request, principal }, { drafts }) => {
    const slice = sliceOf(request);
    if (!slice.ok) return refuse(slice.error);
    const sites = (await drafts.sites()).filter(({ site }) => mayDo(principal, "read", site));
    return answer(pageOf("sites", sliced(sites, slice.value, keyOf), slice.value, keyOf));
  },
};

const keyOf = ({ site }: { readonly site: SiteKey }): string => site;

/** Everything it can do with the deployment. */
export const generalEndpoints: readonly GeneralEndpoint[] = [
  listSites,
  ...whoamiEndpoints,
  ...everywhereTokenEndpoints,
  ...everywherePeopleEndpoints,
  ...deploymentAuditEndpoints,
  ...databaseEndpoints,
];

/**
 * The admin API, to be mounted at `/_caramel/api/v1`.
 *
 * Deny by default: nothing is looked at before the caller is known, no address exists outside the two tables, and each is
 * entered only through `mayDo`. Every refusal is problem+json.
 */
export function createControl(ports: ControlPorts): ControlApp {
  const app = new Hono<{ Variables: Variables }>();
  app.onError((error, { req }) => {
    ports.report(error, req.raw);
    return refuse({ kind: "bug" });
  });
  app.use("*", async (context, next) => {
    const principal = await whoIs(context.req.raw, ports);
    if (principal instanceof Response) return principal;
    context.set("principal", principal);
    return next();
  });
  app.get("/explain", (context) => explainByPage(app, context.req.raw, ports));
  for (const endpoint of endpoints) mountSite(app, endpoint, ports);
  for (const endpoint of generalEndpoints) mountGeneral(app, endpoint, ports);
  for (const path of new Set(["/explain", ...[...endpoints, ...generalEndpoints].map((endpoint) => endpoint.path)])) {
    app.all(path, () => refuse({ kind: "method", allowed: allowedAt(path) }));
  }
  app.all("*", () => refuse({ kind: "not_found", what: "There is no such address in the admin API." }));
  return app;
}

/** With D1 away nobody but the deployment's secret is known: that is no reason to call anybody a stranger. */
async function whoIs(request: Request, ports: ControlPorts) {
  try {
    const principal = await recognise(request, ports.doors);
    return principal.ok ? principal.value : refuse(principal.error);
  } catch (error) {
    ports.report(error, request);
    return refuse({ kind: "unavailable", why: "Who you are can't be looked up just now." });
  }
}

/** Why something is seen is asked by its URL, and that names the site. */
async function explainByPage(
  app: ControlApp,
  { url, headers }: Request,
  { findSite }: ControlPorts,
): Promise<Response> {
  const { search, searchParams } = new URL(url);
  const host = URL.parse(searchParams.get("url") ?? "")?.hostname ?? null;
  const site = searchParams.get("site") ?? (host === null ? null : await findSite(host));
  return app.request(`/sites/${encodeURIComponent(site ?? "-")}/explain${search}`, { headers });
}

const allowedAt = (path: string): readonly string[] => {
  const table = [...endpoints, ...generalEndpoints].filter((endpoint) => endpoint.path === path);
  return path === "/explain" ? ["GET"] : [...new Set(table.map(({ method }) => method as string))].sort();
};
