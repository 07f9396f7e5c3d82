import type { Draft } from "../core/draft.ts";
import type { SiteKey } from "../core/ids.ts";
import type { RetentionStore } from "../store/retention.ts";
import { type EachSite, forEachSite } from "./each-site.ts";

/** How long a site that says nothing of it keeps visitors' data: thirteen months, so that a season can be compared with the last. */
export const defaultRetentionDays = 395;

const dayMs = 86_400_000;

export interface RetentionPorts extends EachSite {
  /** The site's live configuration: what is promised is what has been published. */
  readonly liveDraft: (site: SiteKey) => Promise<Draft | null>;
  readonly retention: RetentionStore;
}

/**
 * Deletes what sites have kept long enough, every night. A run does a bounded amount and leaves the rest to the next; a
 * site that fails holds up no other. @returns rows deleted.
 */
export async function retain(ports: RetentionPorts, nowMs: number): Promise<number> {
  let rows = 0;
  await forEachSite("retention", ports, async (site) => {
    const draft = await ports.liveDraft(site);
    const days = draft?.site.retentionDays ?? defaultRetentionDays;
    rows += (await ports.retention.expire(site, nowMs - days * dayMs)).rows;
  });
  await ports.retention.expireTombstones(nowMs);
  return rows;
}
