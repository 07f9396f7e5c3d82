import type { Release } from "../core/release.ts";
import { reviewPolicyOf } from "../core/review.ts";
import type { NotLive } from "../store/release-rows.ts";
import type { ReleaseStore } from "../store/releases.ts";
import type { ReviewStore, ScheduledRelease } from "../store/reviews.ts";

export interface ScheduledPorts {
  readonly reviews: Pick<ReviewStore, "due" | "unschedule">;
  readonly releases: Pick<ReleaseStore, "read" | "pointer" | "makeLive">;
  /** Told of a release that could not be made live. */
  readonly failed: (site: ScheduledRelease["site"], what: string) => void;
}

/**
 * Makes live what is due, every five minutes, in the order of the times that were set. The time is taken away in the batch
 * that moves the pointer: a run that dies before leaves it to the next, and none publishes twice. One that is refused (it was
 * rejected since, or another site has taken a host) is noted as failed, and not tried again; a store that fails is.
 *
 * @returns how many went live.
 */
export async function publishDue(ports: ScheduledPorts, nowMs: number): Promise<number> {
  let published = 0;
  for (const one of await ports.reviews.due(nowMs)) {
    try {
      published += (await publishOne(one, ports, nowMs)) ? 1 : 0;
    } catch (error) {
      ports.failed(one.site, `scheduled ${one.release}: ${error}`);
    }
  }
  return published;
}

async function publishOne(one: ScheduledRelease, ports: ScheduledPorts, nowMs: number): Promise<boolean> {
  const release = await ports.releases.read(one.release);
  const refused = release === null ? "it is not there any more" : await makeLive(release, one, ports, nowMs);
  if (refused === null) return true;
  await ports.reviews.unschedule({ ...one, atMs: nowMs }, "failed", refused);
  ports.failed(one.site, `scheduled ${one.release}: ${refused}`);
  return false;
}

/** @returns why not, or `null`. */
async function makeLive(
  release: Release,
  { site, by }: ScheduledRelease,
  { releases }: ScheduledPorts,
  nowMs: number,
): Promise<string | null> {
  const live = await releases.pointer(site);
  const content = live === null ? null : ((await releases.read(live.release))?.content ?? null);
  const needsApproval = reviewPolicyOf(content, release.content).required;
  const pointer = { site, release: release.id, killed: false, publishedAtMs: nowMs };
  const deed = { by, atMs: nowMs, revision: null, needsApproval };
  const moved = await releases.makeLive(pointer, release.content.site.hosts, deed);
  return moved.ok ? null : words(moved.error);
}

function words(refused: NotLive): string {
  switch (refused.kind) {
    case "unknown_release":
      return "it is not there any more";
    case "not_approved":
      return "it is not approved any more";
    case "host_taken":
      return `site "${refused.by}" answers for "${refused.host}"`;
    default:
      return refused satisfies never;
  }
}
