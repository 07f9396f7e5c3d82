import type { LedgerEvent } from "./absorb.ts";
import { compileAudiences } from "./audience.ts";
import { type Declarations, declarationsOf } from "./declarations.ts";
import type { Draft } from "./draft.ts";
import { type AbsenceRule, absencesOf } from "./observe.ts";
import { bothReads, type StoredReads, storedReadsOf } from "./stored-reads.ts";

/** What a site's release asks of those who take its events in. */
export interface SiteKnowledge {
  readonly declarations: Declarations;
  readonly reads: StoredReads;
  readonly absences: readonly AbsenceRule[];
}

export const siteKnowledgeOf = (draft: Draft): SiteKnowledge => ({
  declarations: declarationsOf(draft),
  reads: storedReadsOf(draft, compileAudiences(draft.audiences, new Map())),
  absences: absencesOf(draft),
});

/**
 * The same while another release is staged: what either declares is computed, as the live one says where both do; and
 * copies are kept for what either reads.
 */
export function stagedKnowledgeOf(live: Draft, staged: Draft): SiteKnowledge {
  const declared = {
    ...live,
    traits: { ...staged.traits, ...live.traits },
    affinities: { ...staged.affinities, ...live.affinities },
    observe: { ...staged.observe, ...live.observe },
  };
  const reads = bothReads(siteKnowledgeOf(live).reads, siteKnowledgeOf(staged).reads);
  return { declarations: declarationsOf(declared), reads, absences: absencesOf(declared) };
}

/** Something happened, and by `dueAtMs` it is asked what became of it. */
export interface Awaited {
  readonly rule: string;
  readonly sinceMs: number;
  readonly dueAtMs: number;
}

/** What is to be waited for after these events: for each rule from the last event that begins it, whatever their order. */
export function awaitedAfter(
  events: readonly Pick<LedgerEvent, "name" | "atMs">[],
  absences: readonly AbsenceRule[],
): readonly Awaited[] {
  return absences.flatMap(({ key, after, minutes }) => {
    const times = events.filter(({ name }) => name === after).map(({ atMs }) => atMs);
    if (times.length === 0) return [];
    const sinceMs = Math.max(...times);
    return [{ rule: key, sinceMs, dueAtMs: sinceMs + minutes * 60_000 }];
  });
}
