import { fold } from "../core/fold.ts";
import { merge } from "../core/merge.ts";
import type { IdentityStore } from "../store/identities.ts";
import type { MergeStore, Pair } from "../store/merging.ts";
import type { ProfileStore } from "../store/profiles.ts";
import { whoKey } from "../store/who.ts";
import type { Group } from "./groups.ts";

export interface PeopleStores {
  readonly identities: Pick<IdentityStore, "fates">;
  readonly merging: MergeStore;
  readonly profiles: Pick<ProfileStore, "deleteCopy">;
}

/** Groups as they are to be written: each by the visitor that the person is known by today. */
export interface Addressed {
  readonly groups: readonly Group[];
  /** Of visitors who were erased: nothing of it may be kept. */
  readonly dropped: readonly Group[];
}

/**
 * Finds out what has become of the visitors of these groups since their messages were sent. Those who turned out to be
 * a user are merged into the visitor that the user is known by; those who were erased are dropped.
 *
 * Asked again after every lost race, since a visitor may be merged or erased between a read and a write.
 */
export async function addressed(groups: readonly Group[], stores: PeopleStores, nowMs: number): Promise<Addressed> {
  const fates = await stores.identities.fates(groups);
  const dropped = groups.filter((group) => fates.erased.has(whoKey(group)));
  for (const { visitor, site } of dropped) await stores.profiles.deleteCopy(visitor, site);
  const open: Group[] = [];
  for (const group of groups.filter((one) => !fates.erased.has(whoKey(one)))) {
    const into = fates.canonical.get(whoKey(group));
    if (into !== undefined) await mergeVisitor({ site: group.site, from: group.visitor, into }, stores, nowMs);
    open.push(into === undefined ? group : { ...group, visitor: into, wasMerged: true });
  }
  return { groups: together(open), dropped };
}

/** No visitor may be in two groups: both would be written onto the same version. */
function together(groups: readonly Group[]): Group[] {
  return [...Map.groupBy(groups, whoKey).values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined || own.length === 1) return own;
    const wasMerged = own.some((group) => group.wasMerged === true);
    return [{ ...first, messages: own.flatMap(({ messages }) => messages), wasMerged }];
  });
}

/** So many rows of a ledger are moved at one go; what is left then is moved when the message comes again. */
const stepsAtMost = 50;

/** Repeating it, or dying at any step of it, changes nothing: each step is read from what is there and written as a whole. */
async function mergeVisitor(pair: Pair, { merging, profiles }: PeopleStores, nowMs: number): Promise<void> {
  for (let step = 0; step < stepsAtMost; step++) {
    const pending = await merging.pending(pair);
    if (pending === null) return profiles.deleteCopy(pair.from, pair.site);
    await merging.apply(pair, pending, merge(pending, fold), nowMs);
  }
  throw new Error("A visitor's history is too long to be merged at one go");
}
