import type { Declarations } from "./declarations.ts";
import { fold } from "./fold.ts";
import { type Happening, pendingHappenings } from "./happening.ts";
import { affinitiesNow } from "./interests.ts";
import type { Json } from "./json.ts";
import { emptyProfile, type Profile } from "./profile.ts";

/**
 * The profile as a page decides by it: with what this visit did that is still on its way, and with computed traits and
 * affinities as they are now. `null` when nothing is known at all.
 *
 * A computed trait that has a value stands above one of the same name that the site has set.
 */
export function profileNow(
  stored: Profile | null,
  happened: readonly Happening[],
  declared: Declarations,
  nowMs: number,
): Profile | null {
  const known = stored ?? (happened.length === 0 ? null : emptyProfile);
  if (known === null) return null;
  const pending = pendingHappenings(happened, known);
  const profile = pending.length === 0 ? known : fold(known, { events: pending, exposures: [] });
  return { ...profile, traits: traitsNow(profile, declared, nowMs), affinities: affinityNow(profile, declared, nowMs) };
}

function traitsNow(profile: Profile, { traits }: Declarations, nowMs: number): Profile["traits"] {
  if (traits.length === 0) return profile.traits;
  const computed = new Map<string, Json>(Object.entries(profile.traits));
  for (const { key, read } of traits) {
    const value = read(profile, nowMs);
    if (value !== null) computed.set(key, value);
  }
  return Object.fromEntries(computed);
}

function affinityNow({ affinities, interests }: Profile, declared: Declarations, nowMs: number): Profile["affinities"] {
  if (interests === undefined) return affinities;
  return { ...affinities, ...affinitiesNow(interests, declared.affinities, nowMs) };
}
