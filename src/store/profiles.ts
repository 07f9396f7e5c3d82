import type { SiteKey, VisitorId } from "../core/ids.ts";
import { canonicalJson, type Json, type JsonObject } from "../core/json.ts";
import { type Profile, profileShape } from "../core/profile.ts";
import { parseProfile } from "./profile-json.ts";
import { createVisitorStore, whoKey } from "./visitors.ts";

/** A copy that nobody refreshes for this long belongs to somebody who doesn't come back. */
const copyTtlSeconds = 90 * 24 * 3600;
/** KV keeps a read in its data centre at least this long; longer would delay what the consumer wrote. */
const copyCacheTtlSeconds = 30;
const attemptsAtMost = 5;

/**
 * Profiles: D1 is the truth and KV a copy near the visitor. A read of the copy may be a minute old; a write goes to D1
 * first, so a crash between the two leaves the copy stale, never the truth.
 */
export interface ProfileStore {
  /** The copy; `null` when KV has none, or none that is whole. Throws when KV fails. */
  readCopy(visitor: VisitorId, site: SiteKey): Promise<Profile | null>;
  /** The truth; `null` for a visitor the site knows nothing of. */
  read(visitor: VisitorId, site: SiteKey): Promise<Profile | null>;
  writeCopy(visitor: VisitorId, site: SiteKey, profile: Profile): Promise<void>;
  deleteCopy(visitor: VisitorId, site: SiteKey): Promise<void>;
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

export function createProfileStore({ kv, db }: ProfileStoreParts): ProfileStore {
  // The number is the shape of the JSON: after a change of it, old copies are simply not found.
  const keyOf = (visitor: VisitorId, site: SiteKey) => `profile:${profileShape}:${whoKey({ visitor, site })}`;
  const visitors = createVisitorStore(db);
  const stateOf = async (visitor: VisitorId, site: SiteKey) =>
    (await visitors.read([{ visitor, site, eventIds: [], exposures: [] }]))[0];
  const writeCopy = (visitor: VisitorId, site: SiteKey, profile: Profile) =>
    kv.put(keyOf(visitor, site), canonicalJson(profile as unknown as Json), { expirationTtl: copyTtlSeconds });
  return {
    readCopy: async (visitor, site) =>
      parseProfile(await kv.get(keyOf(visitor, site), { cacheTtl: copyCacheTtlSeconds })),
    read: async (visitor, site) => {
      const state = await stateOf(visitor, site);
      return state && state.version > 0 ? state.profile : null;
    },
    writeCopy,
    deleteCopy: (visitor, site) => kv.delete(keyOf(visitor, site)),
    setTraits: async (visitor, site, traits, nowMs) => {
      for (let attempt = 0; attempt < attemptsAtMost; attempt++) {
        const state = await stateOf(visitor, site);
        if (state === undefined) break;
        const profile = { ...state.profile, traits: merged(state.profile.traits, traits) };
        const change = { visitor, site, version: state.version, profile, learnt: { events: [], exposures: [] } };
        if ((await visitors.write([change], nowMs)).size === 0) continue;
        await writeCopy(visitor, site, profile);
        return profile;
      }
      throw new Error("The profile kept changing while traits were being set");
    },
  };
}

const merged = (before: Profile["traits"], change: JsonObject): Profile["traits"] =>
  Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== null));
