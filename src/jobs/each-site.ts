import type { SiteKey } from "../core/ids.ts";

export interface EachSite {
  readonly sites: () => Promise<readonly { readonly site: SiteKey }[]>;
  /** Told of a site for which the job failed. */
  readonly failed: (site: SiteKey, what: string) => void;
}

/** Does the same for every site, one after another. What fails for one is told, and the others are still done. */
export async function forEachSite(
  job: string,
  { sites, failed }: EachSite,
  work: (site: SiteKey) => Promise<void>,
): Promise<void> {
  for (const { site } of await sites()) {
    try {
      await work(site);
    } catch (error) {
      failed(site, `${job}: ${error}`);
    }
  }
}
