import { stopsPublish } from "../core/check/check-draft.ts";
import type { ReleaseId, SiteKey } from "../core/ids.ts";
import type { Problem } from "../core/problem.ts";
import type { LivePointer, Release } from "../core/release.ts";
import { releaseOf } from "../core/release-id.ts";
import { fail, ok, type Result } from "../core/result.ts";
import type { Actor } from "../core/review.ts";
import type { Deed, NotLive } from "../store/release-rows.ts";
import { type Permit, permitFor } from "./approval.ts";
import { storedDraft } from "./checked-draft.ts";
import { type Checks, liveChecks } from "./live-checks.ts";
import type { ControlPorts } from "./ports.ts";
import type { Refusal } from "./refusal.ts";

/** What became live, and what people should know about it. */
export interface Published {
  readonly pointer: LivePointer;
  readonly warnings: readonly Problem[];
}

/** A draft frozen into a release, which is stored but not live. */
export interface Frozen {
  readonly release: Release;
  readonly revision: number;
  readonly warnings: readonly Problem[];
}

/**
 * Freezes the rows into a release, if they can be published.
 *
 * @param expected the revision that the caller has seen; `null` takes whatever is there.
 */
export async function freeze(
  site: SiteKey,
  expected: number | null,
  ports: ControlPorts,
): Promise<Result<Frozen, Refusal>> {
  const stored = await storedDraft(site, ports);
  if (!stored.ok) return stored;
  const { draft, warnings, revision } = stored.value;
  if (expected !== null && expected !== revision) {
    return fail({ kind: "precondition", revision, edits: await ports.reviews.editsAfter(site, expected) });
  }
  return ok({ release: await releaseOf(draft, ports.digest), revision, warnings });
}

/**
 * Freezes the rows into a release and makes it live, if the site's policy lets it. The release is stored before the pointer
 * moves, so that a crash in between leaves the old one live; the same rows always give the same release, so that a repeat is
 * harmless.
 */
export async function publish(
  site: SiteKey,
  expected: number | null,
  checks: Checks,
  by: Actor,
  ports: ControlPorts,
): Promise<Result<Published, Refusal>> {
  const frozen = await freeze(site, expected, ports);
  if (!frozen.ok) return frozen;
  const { release, revision } = frozen.value;
  const permit = await permitFor(release, release.id, ports);
  if (!permit.ok) return permit;
  const looked = await lookedAt(frozen.value, checks, ports);
  if (!looked.ok) return looked;
  const warnings = looked.value;
  await ports.releases.save(release);
  const live = await makeLive(release, deedOf({ ...permit.value, revision }, by, ports), ports);
  return live.ok ? ok({ pointer: live.value, warnings }) : live;
}

/** The warnings about a release, with what the website itself says; strictly, that is a reason not to go on. */
export async function lookedAt(
  { release, warnings }: Frozen,
  checks: Checks,
  ports: ControlPorts,
): Promise<Result<readonly Problem[], Refusal>> {
  const problems = [...warnings, ...(await liveChecks(release.content, checks, ports)).problems];
  return stopsPublish(problems) ? fail({ kind: "problems", problems }) : ok(problems);
}

/** What is noted of making a release live, and what the store sees to by itself in the same batch. */
export const deedOf = ({ policy, revision }: Permit, by: Actor, { now }: Pick<ControlPorts, "now">): Deed => ({
  by,
  atMs: now(),
  revision,
  needsApproval: policy.required,
});

/** Moves the pointer to a stored release, for its hosts. */
export async function makeLive(
  { id, content: { site } }: Release,
  deed: Deed,
  { releases, now }: Pick<ControlPorts, "releases" | "now">,
): Promise<Result<LivePointer, Refusal>> {
  const pointer = { site: site.key, release: id, killed: false, publishedAtMs: now() };
  const moved = await releases.makeLive(pointer, site.hosts, deed);
  return moved.ok ? moved : fail(refusalOf(moved.error));
}

/** What people are told when the store refuses. */
export function refusalOf(refused: NotLive): Refusal {
  switch (refused.kind) {
    case "unknown_release":
      return { kind: "not_found", what: `There is no release "${refused.release}".` };
    case "not_approved":
      return { kind: "unapproved", why: notApproved(refused.release) };
    case "host_taken":
      return {
        kind: "conflict",
        why: `Site "${refused.by}" answers for "${refused.host}". Take it out of one of them.`,
      };
    default:
      return refused satisfies never;
  }
}

const notApproved = (release: ReleaseId): string =>
  `Release ${release} is not approved any more: somebody has changed that just now. Look at its history.`;
