import { exportDraft } from "../core/config/export.ts";
import { parseSiteFile } from "../core/config/site-file.ts";
import type { Draft } from "../core/draft.ts";
import type { ReleaseId, SiteKey } from "../core/ids.ts";
import type { Release } from "../core/release.ts";
import { releaseOf } from "../core/release-id.ts";
import { fail, ok, type Result } from "../core/result.ts";
import {
  type Actor,
  type ReleaseEvent,
  type ReviewPolicy,
  reviewPolicyOf,
  verdictOn,
  wasLive,
} from "../core/review.ts";
import type { Principal } from "./access.ts";
import type { ControlPorts } from "./ports.ts";
import type { Refusal } from "./refusal.ts";

/** Who is noted as having done something. */
export const actorOf = ({ id, name }: Principal): Actor => ({ id, name });

/** What visitors get now; `null` when nothing is live. */
export async function liveContent(site: SiteKey, { releases }: Pick<ControlPorts, "releases">): Promise<Draft | null> {
  const pointer = await releases.pointer(site);
  return pointer === null ? null : ((await releases.read(pointer.release))?.content ?? null);
}

/** The release that the draft would give as it is now; `null` for rows that give none. */
export async function draftReleaseOf(
  site: SiteKey,
  { drafts, digest }: Pick<ControlPorts, "drafts" | "digest">,
): Promise<ReleaseId | null> {
  const stored = await drafts.read(site);
  if (stored?.draft.ok !== true || !parseSiteFile(exportDraft(stored.draft.value)).ok) return null;
  return (await releaseOf(stored.draft.value, digest)).id;
}

/** What it takes to make a release live, when nothing stands in the way. */
export interface Permit {
  readonly policy: ReviewPolicy;
  /** The draft's revision that it was submitted as, where it was. */
  readonly revision: number | null;
}

/**
 * Whether the site's policy lets a release go live: where review is required, it must be approved as it stands, and the
 * draft must not have been edited since; or visitors have had it before. A release that is scheduled was judged then.
 */
export async function permitFor(
  release: Release,
  draftRelease: ReleaseId | null,
  ports: ControlPorts,
): Promise<Result<Permit, Refusal>> {
  const policy = reviewPolicyOf(await liveContent(release.site, ports), release.content);
  const events = await ports.reviews.events(release.site, release.id);
  const revision = events.findLast((event) => event.revision !== null)?.revision ?? null;
  const permit = ok({ policy, revision });
  if (!policy.required || wasLive(events)) return permit;
  const why = objection(release, verdictOn(events), draftRelease);
  if (why === null) return permit;
  const other = await lapsed(release, ports);
  return fail({ kind: "unapproved", why: other === null ? why : `${why} ${other}` });
}

function objection({ id, site }: Release, verdict: ReleaseEvent | null, draftRelease: ReleaseId | null): string | null {
  const when = verdict === null ? "" : `by ${verdict.by.name} at ${new Date(verdict.atMs).toISOString()}`;
  switch (verdict?.step) {
    case "approved":
      return draftRelease === id
        ? null
        : `Release ${id} was approved ${when}, but the draft of "${site}" has been edited since: the approval is void. Submit the draft again.`;
    case "review":
      return `Release ${id} was submitted for review ${when}, and nobody has approved it yet: \`caramel approve ${id}\`.`;
    case "rejected":
      return `Release ${id} was rejected ${when}${verdict.note === "" ? "" : ` ("${verdict.note}")`}. Change the draft and submit it again.`;
    default:
      return `"${site}" asks for review, and the draft (release ${id}) has not been submitted: \`caramel submit\`, then \`caramel approve ${id}\`.`;
  }
}

/** An approval that somebody may be relying on, and that the draft has left behind. */
async function lapsed(release: Release, { reviews }: ControlPorts): Promise<string | null> {
  const events = await reviews.events(release.site, null);
  const last = verdictOn(events.filter((event) => event.release !== release.id));
  if (last?.step !== "approved" || wasLive(events.filter((event) => event.release === last.release))) return null;
  return `The approval of ${last.release} does not cover it: the draft was edited after that.`;
}
