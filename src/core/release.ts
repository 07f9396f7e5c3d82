import type { Draft } from "./draft.ts";
import type { Bps, ReleaseId, SiteKey } from "./ids.ts";

/** Raise it when the shape of a stored release changes; isolates refuse shapes they do not know and keep what they have. */
export const releaseShape = 1;

/**
 * An immutable configuration of a site, as stored in D1 and in KV under `release:<id>`.
 *
 * `id` is derived from the content, so the same draft always gives the same release, and a corrupted copy is noticed.
 */
export interface Release {
  readonly shape: typeof releaseShape;
  readonly id: ReleaseId;
  readonly site: SiteKey;
  readonly content: Draft;
}

/** What `live:<site>` holds in KV: which release is live, and the switch that works with D1 down. */
export interface LivePointer {
  readonly site: SiteKey;
  readonly release: ReleaseId;
  /** Every request of the site passes through untouched while this is true. */
  readonly killed: boolean;
  readonly publishedAtMs: number;
  /** Left out when every visitor gets `release`. */
  readonly staged?: StagedRelease;
}

/** A release that some visitors get before the others: those whose bucket for `seed` lies below the share. */
export interface StagedRelease {
  readonly release: ReleaseId;
  readonly shareBps: Bps;
  /** Stays while the share grows, so that whoever has the release keeps it. */
  readonly seed: string;
}
