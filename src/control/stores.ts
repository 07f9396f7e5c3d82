import type { SiteKey, VisitorId } from "../core/ids.ts";
import type { ProfileStore } from "../store/profiles.ts";
import type { VisitorStore } from "../store/visitors.ts";
import { whoKey } from "../store/who.ts";
import type { ProfileSeed, VisitorPorts } from "./ports.ts";

const attemptsAtMost = 5;

/** What people write about visitors, on the stores: D1 from the version that was read, then the copy near the visitor. */
export function visitorPorts(profiles: ProfileStore, visitors: VisitorStore, now: () => number): VisitorPorts {
  return {
    read: (visitor, site) => profiles.read(visitor, site),
    setTraits: (visitor, site, traits) => profiles.setTraits(visitor, site, traits, now()),
    seed: async (visitor, site, seed) => {
      for (let attempt = 0; attempt < attemptsAtMost; attempt++) {
        if (await seedOnce({ visitor, site }, seed, visitors, profiles, now())) return;
      }
      throw new Error("The profile kept changing while it was being seeded");
    },
  };
}

/** @returns false when somebody else changed the visitor in between. */
async function seedOnce(
  who: { readonly visitor: VisitorId; readonly site: SiteKey },
  seed: ProfileSeed,
  visitors: VisitorStore,
  profiles: ProfileStore,
  nowMs: number,
): Promise<boolean> {
  const [state] = await visitors.read([{ ...who, eventIds: [], exposures: [] }]);
  if (state === undefined) return false;
  const profile = { ...state.profile, ...seed };
  const change = { ...who, version: state.version, profile, learnt: { events: [], exposures: [] } };
  const written = await visitors.write([change], nowMs);
  if (!written.has(whoKey(who))) return false;
  await profiles.writeCopy(who.visitor, who.site, profile);
  return true;
}
