import type { Exposure } from "../../core/event.ts";
import type { ReleaseId, SiteKey, VisitorId } from "../../core/ids.ts";

/** An exposure that a page of the visitor may report: what it says is ours, signed; only that it happened is the page's. */
export interface ExposureClaim {
  readonly site: SiteKey;
  readonly visitor: VisitorId;
  readonly exposure: Exposure;
}

const shape = 1;

/** The text to sign. */
export const encodeClaim = ({ site, visitor, exposure: one }: ExposureClaim): string =>
  JSON.stringify([
    shape,
    site,
    visitor,
    one.experience,
    one.version,
    one.variant,
    one.release,
    one.propensityBps,
    one.route,
    one.atMs,
    one.sticky,
  ]);

/** Reads a text whose signature was right; `null` for what is not of this shape. */
export function decodeClaim(text: string): ExposureClaim | null {
  const [of, site, visitor, experience, version, variant, release, propensityBps, route, atMs, sticky] = listIn(text);
  if (of !== shape) return null;
  return {
    site: site as SiteKey,
    visitor: visitor as VisitorId,
    exposure: {
      experience: String(experience),
      version: Number(version),
      variant: String(variant),
      release: release as ReleaseId,
      propensityBps: Number(propensityBps),
      route: String(route),
      atMs: Number(atMs),
      sticky: sticky === true,
    },
  };
}

function listIn(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
