import type { CompiledRelease, CompiledRoute } from "../core/compile.ts";
import type { Profile } from "../core/profile.ts";
import type { Edge } from "./edge.ts";
import type { Visitor } from "./identify.ts";
import { orAfter } from "./live.ts";

/** What is stored of the visitor, if it was needed and came in time. */
export interface Reading {
  readonly profile: Profile | null;
  /**
   * KV has no copy of a visitor who was here before, or one that was kept fresh for other facts than this release reads: it is
   * written again from D1 after the response.
   */
  readonly isMissing: boolean;
}

const nothing: Reading = { profile: null, isMissing: false };

/**
 * Reads the visitor's copy in KV, only when the cookie named them and an experience live on this route needs a stored fact.
 *
 * Never later than the site's deadline: past it, and when KV fails, the visitor is decided upon with what the request says.
 */
export async function readProfile(
  visitor: Visitor,
  route: CompiledRoute,
  { storedReads, release }: CompiledRelease,
  edge: Edge,
): Promise<Reading> {
  const { site } = release.content;
  if (!route.needsProfile || visitor.kind !== "visitor" || visitor.known === null) return nothing;
  const failed = (what: string) => (): Reading => {
    edge.report({ stage: "profile", site: site.key, what });
    return nothing;
  };
  const reading = edge.profiles.readCopy(visitor.known.visitor, site.key).then(
    (profile): Reading => ({ profile, isMissing: profile?.copiedFor !== storedReads.print }),
    (error: unknown) => failed(String(error))(),
  );
  return orAfter(site.profileDeadlineMs, reading, failed(`later than ${site.profileDeadlineMs} ms`));
}
