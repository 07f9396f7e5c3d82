import type { Draft } from "../core/draft.ts";
import type { SiteKey } from "../core/ids.ts";
import type { Problem } from "../core/problem.ts";
import type { LivePointer } from "../core/release.ts";
import { releaseOf } from "../core/release-id.ts";
import { fail, ok, type Result } from "../core/result.ts";
import type { NotLive } from "../store/release-rows.ts";
import { storedDraft } from "./checked-draft.ts";
import type { ControlPorts } from "./ports.ts";
import type { Refusal } from "./refusal.ts";

/** What became live, and what people should know about it. */
export interface Published {
  readonly pointer: LivePointer;
  readonly warnings: readonly Problem[];
}

/**
 * Freezes the rows into a release and makes it live. The release is stored before the pointer moves, so that a crash in
 * between leaves the old one live; the same rows always give the same release, so that a repeat is harmless.
 *
 * @param expected the revision that the caller has seen; `null` publishes whatever is there.
 */
export async function publish(
  site: SiteKey,
  expected: number | null,
  ports: ControlPorts,
): Promise<Result<Published, Refusal>> {
  const stored = await storedDraft(site, ports);
  if (!stored.ok) return stored;
  const { draft, warnings, revision } = stored.value;
  if (expected !== null && expected !== revision) return fail({ kind: "precondition", revision });
  const release = await releaseOf(draft, ports.digest);
  await ports.releases.save(release);
  const live = await makeLive(draft, release.id, ports);
  return live.ok ? ok({ pointer: live.value, warnings }) : live;
}

/** Moves the pointer to a stored release, for its hosts. */
export async function makeLive(
  { site }: Draft,
  release: LivePointer["release"],
  { releases, now }: ControlPorts,
): Promise<Result<LivePointer, Refusal>> {
  const pointer = { site: site.key, release, killed: false, publishedAtMs: now() };
  const moved = await releases.makeLive(pointer, site.hosts);
  return moved.ok ? moved : fail(refusalOf(moved.error));
}

function refusalOf(refused: NotLive): Refusal {
  switch (refused.kind) {
    case "unknown_release":
      return { kind: "not_found", what: `There is no release "${refused.release}".` };
    case "host_taken":
      return {
        kind: "conflict",
        why: `Site "${refused.by}" answers for "${refused.host}". Take it out of one of them.`,
      };
    default:
      return refused satisfies never;
  }
}
