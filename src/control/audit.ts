import * as z from "zod";
import type { AuditRow } from "../core/audit.ts";
import { everySite } from "../core/roles.ts";
import { pageOf, sliceOf } from "./cursor.ts";
import { answer, type Endpoint, type GeneralEndpoint } from "./endpoint.ts";
import { pageOfMany, pageQuery, timeMs } from "./openapi/shapes.ts";
import type { ControlPorts } from "./ports.ts";
import { refuse } from "./refusal.ts";

const row = z.object({
  site: z.string(),
  seq: z.int(),
  atMs: timeMs,
  principal: z.string(),
  action: z.string(),
  subject: z.string(),
  outcome: z.string(),
  before: z.string().nullable().describe("What was there, by its hash."),
  after: z.string().nullable(),
  reason: z.string().nullable(),
  request: z.string(),
  previous: z.string().describe("The hash of the row before."),
  hash: z.string(),
});

const wire = { query: pageQuery, returns: pageOfMany("rows", row) };

const keyOf = ({ seq }: AuditRow): string => String(seq);

/** Rows oldest first, as the chain runs: whoever reads all pages can check it by themselves. */
async function chainOf(site: string, request: Request, { audit }: Pick<ControlPorts, "audit">): Promise<Response> {
  const slice = sliceOf(request);
  if (!slice.ok) return refuse(slice.error);
  const { limit, after } = slice.value;
  if (!/^\d{0,15}$/.test(after)) return refuse({ kind: "malformed", why: "This `cursor` is another list's." });
  const rows = await audit.rows(site, Number(after), limit + 1);
  return answer(pageOf("rows", rows, slice.value, keyOf));
}

const ofSite: Endpoint = {
  method: "GET",
  path: "/sites/:site/audit",
  action: "audit",
  about: "Who did what on the site, oldest first, each row linked to the one before by its hash.",
  wire: { id: "readAudit", ...wire },
  handle: ({ site, request }, ports) => chainOf(site, request, ports),
};

const ofDeployment: GeneralEndpoint = {
  method: "GET",
  path: "/audit",
  action: "audit",
  about: "Who did what to the deployment: tokens and roles for more than one site, logins.",
  wire: { id: "readDeploymentAudit", ...wire },
  handle: ({ request }, ports) => chainOf(everySite, request, ports),
};

export const auditEndpoints: readonly Endpoint[] = [ofSite];
export const deploymentAuditEndpoints: readonly GeneralEndpoint[] = [ofDeployment];
