import type { SiteKey, VisitorId } from "../core/ids.ts";

/** A visitor as one site knows them. Another site's knowledge of the same visitor is apart. */
export interface Who {
  readonly visitor: VisitorId;
  readonly site: SiteKey;
}

/** A text that is the same for the same visitor and site. */
export const whoKey = ({ visitor, site }: Who): string => `${visitor}:${site}`;
