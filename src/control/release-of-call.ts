import type { ReleaseId } from "../core/ids.ts";
import type { Release } from "../core/release.ts";
import { fail, ok, type Result } from "../core/result.ts";
import type { SiteCall } from "./endpoint.ts";
import type { ControlPorts } from "./ports.ts";
import type { Refusal } from "./refusal.ts";

const releaseShape = /^r_[0-9a-f]{20}$/;

/** The release that an address names. One of another site is not there, as far as this address knows. */
export async function releaseOfCall(
  { site, params }: SiteCall,
  { releases }: Pick<ControlPorts, "releases">,
): Promise<Result<Release, Refusal>> {
  const { release: id = "" } = params;
  const release = releaseShape.test(id) ? await releases.read(id as ReleaseId) : null;
  if (release?.site === site) return ok(release);
  return fail({ kind: "not_found", what: `Site "${site}" has no release "${id.slice(0, 40)}".` });
}
