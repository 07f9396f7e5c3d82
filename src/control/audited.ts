import type { AuditEntry, AuditOutcome } from "../core/audit.ts";
import { everySite } from "../core/roles.ts";
import type { Principal } from "./access.ts";
import type { Change } from "./endpoint.ts";
import type { ControlPorts } from "./ports.ts";
import { refuse } from "./refusal.ts";

/** What is about to be done, for the audit. */
export interface Deed {
  readonly principal: Principal;
  readonly action: string;
  /** `null`: the deployment. */
  readonly site: string | null;
  readonly subject: string;
  readonly reason: string | null;
  readonly request: Request;
  /** A look at a visitor changes nothing: one row says that it was taken. */
  readonly isRead: boolean;
  /** The kill switch must work while D1 is away: it is thrown first and written down after, if D1 can be reached; the log has it in any case. */
  readonly isUrgent: boolean;
}

type Ports = Pick<ControlPorts, "audit" | "now" | "report">;

const urgentPatienceMs = 1_000;

/**
 * Does the deed between two rows of the audit: `begun` must be written before anything is changed, so that nothing can be
 * changed unseen, not even by a crash; how it ended is written after.
 */
export async function audited(
  deed: Deed,
  ports: Ports,
  act: (note: (change: Change) => void) => Promise<Response>,
): Promise<Response> {
  const entry = entryOf(deed, ports.now);
  if (!deed.isUrgent) {
    const written = await tryTo(() => ports.audit.append(entry(deed.isRead ? "read" : "begun", {})), deed, ports);
    if (!written) return refuse({ kind: "unavailable", why: "The audit can't be written, so nothing was done." });
  }
  let change: Change = {};
  const note = (more: Change) => {
    change = { ...change, ...more };
  };
  const ended = (outcome: AuditOutcome) =>
    deed.isRead ? Promise.resolve(true) : tryTo(() => ports.audit.append(entry(outcome, change)), deed, ports);
  try {
    const response = await act(note);
    await ended(outcomeOf(response));
    return response;
  } catch (error) {
    await ended("failed");
    throw error;
  }
}

const outcomeOf = ({ status }: Response): AuditOutcome => {
  if (status >= 500) return "failed";
  return status >= 400 ? "refused" : "done";
};

function entryOf({ principal, action, site, subject, reason, request }: Deed, now: () => number) {
  const id = requestId(request);
  return (outcome: AuditOutcome, { before = null, after = null }: Change): AuditEntry => ({
    site: site ?? everySite,
    atMs: now(),
    principal: principal.id,
    action,
    subject,
    outcome,
    before,
    after,
    reason,
    request: id,
  });
}

/** Cloudflare's own name of the request, by which its logs know it; elsewhere one of ours. */
function requestId({ headers }: Request): string {
  const ray = headers.get("cf-ray") ?? "";
  return /^[\w-]{8,64}$/.test(ray) ? ray : crypto.randomUUID();
}

/** @returns whether it was written; that it was not is told to whoever operates us. */
async function tryTo(append: () => Promise<unknown>, { isUrgent, request }: Deed, { report }: Ports): Promise<boolean> {
  try {
    await (isUrgent ? inTime(append()) : append());
    return true;
  } catch (error) {
    report(error, request);
    return false;
  }
}

async function inTime(work: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("The audit was not written in time")), urgentPatienceMs);
  await Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
}
