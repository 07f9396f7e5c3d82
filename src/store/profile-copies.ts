import type { SiteKey, VisitorId } from "../core/ids.ts";
import { canonicalJson, type Json } from "../core/json.ts";
import { type Profile, profileShape } from "../core/profile.ts";
import { parseProfile } from "./profile-json.ts";
import { whoKey } from "./who.ts";

/** A copy that nobody refreshes for this long belongs to somebody who doesn't come back. */
const copyTtlSeconds = 30 * 24 * 3600;
/** KV keeps a read in its data centre at least this long; longer would delay what the consumer wrote. */
const copyCacheTtlSeconds = 30;

/** Profiles near the visitor, in KV: copies of what D1 holds. Apart from it, since a page needs nothing more. */
export interface ProfileCopies {
  /** The copy; `null` when KV has none, or none that is whole. Throws when KV fails. */
  readCopy(visitor: VisitorId, site: SiteKey): Promise<Profile | null>;
  writeCopy(visitor: VisitorId, site: SiteKey, profile: Profile): Promise<void>;
  deleteCopy(visitor: VisitorId, site: SiteKey): Promise<void>;
}

export function createProfileCopies(kv: KVNamespace): ProfileCopies {
  // The number is the shape of the JSON: after a change of it, old copies are simply not found.
  const keyOf = (visitor: VisitorId, site: SiteKey) => `profile:${profileShape}:${whoKey({ visitor, site })}`;
  return {
    readCopy: async (visitor, site) =>
      parseProfile(await kv.get(keyOf(visitor, site), { cacheTtl: copyCacheTtlSeconds })),
    writeCopy: (visitor, site, profile) =>
      kv.put(keyOf(visitor, site), canonicalJson(profile as unknown as Json), { expirationTtl: copyTtlSeconds }),
    deleteCopy: (visitor, site) => kv.delete(keyOf(visitor, site)),
  };
}
