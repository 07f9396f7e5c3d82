import type { Env } from "../env.ts";
import { createSiteKeys, type SiteKeys } from "../http/identify-key.ts";

/** Without a secret of their own, the sites' keys come from the cookies' secret: what is derived from it is told apart. */
export function siteKeysFor({ IDENTIFY_KEY, VISIT_KEY }: Env): SiteKeys | null {
  const secret = IDENTIFY_KEY ?? VISIT_KEY;
  return secret === undefined || secret.length < 32 ? null : createSiteKeys(secret);
}
