import { canonicalJson, type Json } from "../core/json.ts";
import type { Profile } from "../core/profile.ts";
import type { ProfileStore } from "../store/profiles.ts";
import type { VisitorStore } from "../store/visitors.ts";
import { type Who, whoKey } from "../store/who.ts";

/**
 * Whether a change of the profile must reach pages: a fact that they may decide by has changed. `exposed` is none; the
 * visit cookie remembers exposures, and repeats change nothing.
 */
export function factsChanged(before: Profile, after: Profile): boolean {
  const facts = ({ traits, affinities, events, sticky }: Profile) =>
    canonicalJson({ traits, affinities, events, sticky } as unknown as Json);
  return before !== after && facts(before) !== facts(after);
}

/** A profile that pages should find near the visitor. */
export interface Copy extends Who {
  readonly version: number;
  readonly profile: Profile;
}

export interface CopyStores {
  readonly visitors: Pick<VisitorStore, "read">;
  readonly profiles: Pick<ProfileStore, "writeCopy" | "deleteCopy">;
}

const roundsAtMost = 4;

/**
 * Writes copies to KV.
 *
 * KV has no compare-and-set: of two consumers, the one with the older profile may write last. So whoever wrote looks at
 * the versions in D1 afterwards, and writes again what has become newer meanwhile.
 *
 * @returns the `whoKey` of those whose copy could not be made to agree.
 */
export async function writeCopies(copies: readonly Copy[], stores: CopyStores): Promise<Set<string>> {
  const failed = new Set<string>();
  let open = copies;
  for (let round = 0; open.length > 0 && round < roundsAtMost; round++) {
    const written = await putAll(open, stores, failed, round > 0);
    open = await newerThan(written, stores);
  }
  for (const copy of open) failed.add(whoKey(copy));
  return failed;
}

async function putAll(
  copies: readonly Copy[],
  { profiles }: CopyStores,
  failed: Set<string>,
  isAgain: boolean,
): Promise<Copy[]> {
  // Nothing is known any more of those we have just written: they were erased meanwhile.
  const puts = copies.map(({ visitor, site, version, profile }) =>
    isAgain && version === 0 ? profiles.deleteCopy(visitor, site) : profiles.writeCopy(visitor, site, profile),
  );
  const outcomes = await Promise.allSettled(puts);
  const isWritten = copies.map((_, index) => outcomes[index]?.status === "fulfilled");
  for (const copy of copies.filter((_, index) => !isWritten[index])) failed.add(whoKey(copy));
  return copies.filter((_, index) => isWritten[index]);
}

async function newerThan(copies: readonly Copy[], { visitors }: CopyStores): Promise<Copy[]> {
  const states = await visitors.read(
    copies.map(({ visitor, site }) => ({ visitor, site, eventIds: [], exposures: [] })),
  );
  return states.filter(({ version }, index) => version !== copies[index]?.version);
}
