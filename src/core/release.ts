import type { Draft } from "./draft.ts";
import type { ReleaseId, SiteKey } from "./ids.ts";

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
}
