import type { SiteKey, VisitorId } from "../core/ids.ts";
import type { JsonObject } from "../core/json.ts";
import type { Profile } from "../core/profile.ts";
import { createProfileCopies, type ProfileCopies } from "./profile-copies.ts";
import { createVisitorStore, type VisitorStore } from "./visitors.ts";

const attemptsAtMost = 5;

/**
 * Profiles: D1 is the truth and KV a copy near the visitor. A read of the copy may be a minute old; a write goes to D1
 * first, so a crash between the two leaves the copy stale, never the truth.
 */
export interface ProfileStore extends ProfileCopies {
  /** The truth; `null` for a visitor the site knows nothing of. */
  read(visitor: VisitorId, site: SiteKey): Promise<Profile | null>;
  /**
   * Sets some traits and leaves the others; `null` forgets one.
   *
   * @returns the profile afterwards.
   * @throws when other writers were faster five times running.
   */
  setTraits(visitor: VisitorId, site: SiteKey, traits: JsonObject, nowMs: number): Promise<Profile>;
}

export interface ProfileStoreParts {
  readonly kv: KVNamespace;
  readonly db: D1Database;
}

export const createProfileStore = ({ kv, db }: ProfileStoreParts): ProfileStore =>
  profilesOver(createVisitorStore(db), kv);

/** The same on any store of visitors, such as one over several databases. */
export function profilesOver(visitors: VisitorStore, kv: KVNamespace): ProfileStore {
  const copies = createProfileCopies(kv);
  const stateOf = async (visitor: VisitorId, site: SiteKey) =>
    (await visitors.read([{ visitor, site, eventIds: [], exposures: [] }]))[0];
  return {
    ...copies,
    read: async (visitor, site) => {
      const state = await stateOf(visitor, site);
      return state && state.version > 0 ? state.profile : null;
    },
    setTraits: async (visitor, site, traits, nowMs) => {
      for (let attempt = 0; attempt < attemptsAtMost; attempt++) {
        const state = await stateOf(visitor, site);
        if (state === undefined) break;
        const profile = { ...state.profile, traits: merged(state.profile.traits, traits) };
        const change = { visitor, site, version: state.version, profile, learnt: { events: [], exposures: [] } };
        if ((await visitors.write([change], nowMs)).size === 0) continue;
        await copies.writeCopy(visitor, site, profile);
        return profile;
      }
      throw new Error("The profile kept changing while traits were being set");
    },
  };
}

const merged = (before: Profile["traits"], change: JsonObject): Profile["traits"] =>
  Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== null));
