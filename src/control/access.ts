import type { SiteKey } from "../core/ids.ts";

/** Who calls, as their token says. Roles come to stand beside `sites`; today whoever may touch a site may do all there. */
export interface Principal {
  /** For people: whose token it is. */
  readonly name: string;
  readonly sites: "all" | readonly SiteKey[];
}

/** What an endpoint does, in the words in which roles will allow it. */
export type Action = "read" | "edit" | "publish" | "kill" | "visitors";

/**
 * Whether the principal may do this to the site (`null`: to no site in particular).
 *
 * The same answer for a site that does not exist and one of somebody else: sites can't be enumerated.
 */
export function mayDo({ sites }: Principal, _action: Action, site: SiteKey | null): boolean {
  return site === null || sites === "all" || sites.includes(site);
}
