import type { CompiledRelease, CompiledRoute } from "../core/compile.ts";
import type { Purposes } from "../core/consent.ts";
import type { Decision, GivenVariant } from "../core/decision.ts";
import type { Envelope, Exposure, VisitorEvent } from "../core/event.ts";
import { envelopeShape } from "../core/event.ts";
import { isSampled, recordedOf, storedAudiencesOf } from "../core/replay/recorded.ts";
import type { Subject } from "../core/subject.ts";
import { type Enrolments, isEnrolled, type Visit } from "../core/visit.ts";
import type { Edge } from "./edge.ts";
import type { Reading } from "./profile.ts";
import type { RenderOutcome } from "./render-outcome.ts";

/** All that a response taught us. */
export interface Happened {
  readonly decision: Decision;
  /** Who was decided upon, by which audiences; left out where nothing of it is recorded. */
  readonly recordable?: { readonly subject: Subject } & Pick<CompiledRelease, "audiences">;
  readonly visit: Visit;
  /** What the visitor allows: it travels with everything that is recorded of them. */
  readonly purposes: Purposes;
  readonly reading: Reading;
  /** Experiences whose exposure does not depend on what the body held: headers were set, the page was moved. */
  readonly certain: ReadonlySet<string>;
  /** Settles when the body has gone out. */
  readonly outcome: Promise<RenderOutcome>;
  /** False for crawlers and for browsers that fetch ahead. */
  readonly isSeen: boolean;
  /** What the route's rules saw; never rejects. */
  readonly events: Promise<readonly VisitorEvent[]>;
  /** By which pattern each experience was here. */
  readonly route: CompiledRoute;
}

/**
 * Sends what happened to the queue, after the response: an exposure for each experience that made a difference and whose
 * exposure is not known to be recorded, the same in every arm; and what the route's rules saw.
 *
 * A failure is reported and lost exposures come again with the visitor's next page. Never rejects.
 */
export async function emit(happened: Happened, edge: Edge): Promise<void> {
  const { decision, visit, reading } = happened;
  try {
    const [{ touched, matches, failures }, events] = await Promise.all([happened.outcome, happened.events]);
    if (happened.isSeen) tellPlaces(decision, matches, visit.site, edge);
    for (const { experience, what } of failures) {
      edge.report({ stage: "render", site: visit.site, what: `${experience}: ${what}` });
    }
    const fresh = decision.given.filter((given) => isFresh(given, touched, happened));
    if (fresh.length === 0 && events.length === 0 && !reading.isMissing) return;
    const atMs = edge.now();
    const exposures = fresh.map((given) => exposureOf(given, happened, atMs));
    const sample = fresh.length > 0 ? sampleOf(happened) : {};
    await sendPatiently({ ...emptyEnvelope(happened), ...sample, exposures, events, refresh: reading.isMissing }, edge);
    edge.exposed.remember(visit.visitor, enrolmentsOf(fresh));
  } catch (error) {
    edge.report({ stage: "emit", site: visit.site, what: String(error) });
  }
}

/** One visitor in a hundred leaves word on which kind of page they were, for replay. The cost for the others is a hash. */
function sampleOf({ recordable, visit, route }: Happened): Pick<Envelope, "context"> {
  const [candidate] = route.candidates;
  if (recordable === undefined || candidate === undefined || !isSampled(visit.visitor)) return {};
  const { subject } = recordable;
  return { context: recordedOf(subject, candidate.pattern, storedAudiencesOf(subject, recordable)) };
}

/** Tells the operators' counts which watched places were found: a site's redesign shows there. */
function tellPlaces({ given, release }: Decision, matches: RenderOutcome["matches"], site: string, edge: Edge): void {
  if (matches.size === 0) return;
  for (const { experience, plan } of given) {
    for (const places of [plan.watchedSelectors, plan.watchedPointers]) {
      for (const place of places) {
        const times = matches.get(place);
        if (times !== undefined) edge.telemetry.looked({ site, release, experience, place, found: times > 0 });
      }
    }
  }
}

const isFresh = (given: GivenVariant, touched: ReadonlySet<string>, happened: Happened): boolean =>
  (touched.has(given.experience) || happened.certain.has(given.experience)) && mayCount(given, happened);

/** Whether an exposure would count, and is not known to be recorded. */
export const mayCount = (
  { counted, experience, version }: GivenVariant,
  { visit, reading }: Pick<Happened, "visit" | "reading">,
): boolean =>
  counted &&
  !isEnrolled(visit, experience, version) &&
  reading.profile?.exposed.includes(`${experience}@${version}`) !== true;

const enrolmentsOf = (fresh: readonly GivenVariant[]): Enrolments =>
  Object.fromEntries(fresh.map(({ experience, variant, version }) => [experience, { variant, version }]));

/** What it means that a place of this experience was found on a page. */
export const exposureOf = (
  { experience, version, variant, propensityBps, sticky }: GivenVariant,
  { decision, route }: Pick<Happened, "decision" | "route">,
  atMs: number,
): Exposure => ({
  experience,
  version,
  variant,
  release: decision.release,
  propensityBps,
  route: patternOf(experience, route),
  atMs,
  sticky,
});

/** Sends what rules saw where no experience acts. Never rejects. */
export async function emitEvents(who: Emitter, observed: Promise<readonly VisitorEvent[]>, edge: Edge): Promise<void> {
  try {
    await sendPatiently({ ...emptyEnvelope(who), events: await observed }, edge);
  } catch (error) {
    edge.report({ stage: "emit", site: who.visit.site, what: String(error) });
  }
}

/** Whose events they are, and what may be done with them. */
type Emitter = Pick<Happened, "visit" | "purposes">;

export const emptyEnvelope = ({ visit: { site, visitor, user }, purposes }: Emitter): Envelope => {
  return { shape: envelopeShape, site, visitor, user, exposures: [], events: [], refresh: false, purposes };
};

/** An event does not come again with the next page, as an exposure does: so a queue that stumbles is asked once more. */
async function sendPatiently(envelope: Envelope, edge: Edge): Promise<void> {
  try {
    await edge.events.send([envelope]);
  } catch (error) {
    if (envelope.events.length === 0) throw error;
    await scheduler.wait(secondTryAfterMs);
    await edge.events.send([envelope]);
  }
}

const secondTryAfterMs = 500;

const patternOf = (key: string, { candidates }: CompiledRoute): string =>
  candidates.find(({ experience }) => experience.key === key)?.pattern.path ?? "";
