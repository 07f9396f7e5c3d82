import { type Envelope, envelopeShape } from "../core/event.ts";
import type { SiteKey } from "../core/ids.ts";
import type { AbsenceRule } from "../core/observe.ts";
import type { SiteKnowledge } from "../core/site-knowledge.ts";
import type { AwaitedStore, AwaitedVisitor } from "../store/awaited.ts";

export interface AbsenceParts {
  readonly awaited: AwaitedStore;
  /** What each site's live release asks for; `null` for a site without one. */
  readonly knowledgeOf: (site: SiteKey) => Promise<SiteKnowledge | null>;
  readonly send: (envelopes: readonly Envelope[]) => Promise<void>;
}

/** What one run came to. */
export interface AbsenceTally {
  readonly asked: number;
  readonly made: number;
}

const atOnce = 200;
/** What is left after so many is taken by the next run: a run must end before the clock starts another. */
const batchesAtMost = 25;

/**
 * Makes events of what did not happen: a basket was filled, and no order came within the rule's minutes.
 *
 * The event's id follows from visitor, rule and beginning, and the waiting ends after the event was sent: a run that dies in
 * between, or two at once, send it twice, and it is counted once. A rule that is gone waits for nobody any more.
 *
 * @throws when a store or the queue fails; the next run goes on where this one stopped.
 */
export async function makeAbsences(parts: AbsenceParts, nowMs: number): Promise<AbsenceTally> {
  let tally: AbsenceTally = { asked: 0, made: 0 };
  for (let batch = 0; batch < batchesAtMost; batch += 1) {
    const due = await parts.awaited.due(nowMs, atOnce);
    const made = await absencesAmong(due, parts);
    if (made.length > 0) await parts.send(made);
    await parts.awaited.done(due);
    tally = { asked: tally.asked + due.length, made: tally.made + made.length };
    if (due.length < atOnce) break;
  }
  return tally;
}

interface Ruled extends AwaitedVisitor {
  readonly without: string;
  readonly by: AbsenceRule;
}

async function absencesAmong(
  due: readonly AwaitedVisitor[],
  { awaited, knowledgeOf }: AbsenceParts,
): Promise<Envelope[]> {
  const sites = [...new Set(due.map(({ site }) => site))];
  const known = new Map(await Promise.all(sites.map(async (site) => [site, await knowledgeOf(site)] as const)));
  const ruled = due.flatMap((one): Ruled[] => {
    const rule = known.get(one.site)?.absences.find(({ key }) => key === one.rule);
    return rule === undefined ? [] : [{ ...one, without: rule.without, by: rule }];
  });
  const came = await awaited.came(ruled);
  return ruled.filter((one) => !came.has(one)).map(envelopeOf);
}

const envelopeOf = ({ visitor, site, rule, sinceMs, dueAtMs, by }: Ruled): Envelope => ({
  shape: envelopeShape,
  site,
  visitor,
  user: null,
  exposures: [],
  events: [
    {
      id: `absence.${rule}.${sinceMs}`,
      name: by.event,
      atMs: dueAtMs,
      value: null,
      props: { after: by.after, without: by.without },
      source: "edge",
    },
  ],
  refresh: false,
});
