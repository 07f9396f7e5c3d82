import type { CompiledRoute } from "../core/compile.ts";
import type { Purposes } from "../core/consent.ts";
import type { Decision, GivenVariant } from "../core/decision.ts";
import type { Envelope, Exposure } from "../core/event.ts";
import { envelopeShape } from "../core/event.ts";
import { type Enrolments, isEnrolled, type Visit } from "../core/visit.ts";
import type { Edge } from "./edge.ts";
import type { Reading } from "./profile.ts";
import type { RenderOutcome } from "./render-outcome.ts";

/** All that a response taught us. */
export interface Happened {
  readonly decision: Decision;
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
  /** By which pattern each experience was here. */
  readonly route: CompiledRoute;
}

/**
 * Sends what happened to the queue, after the response: an exposure for each experience that made a difference and whose
 * exposure is not known to be recorded, the same in every arm.
 *
 * A failure is reported and lost exposures come again with the visitor's next page. Never rejects.
 */
export async function emit(happened: Happened, edge: Edge): Promise<void> {
  const { decision, visit, reading } = happened;
  try {
    const { touched, matches, failures } = await happened.outcome;
    if (happened.isSeen) tellPlaces(decision, matches, visit.site, edge);
    for (const { experience, what } of failures) {
      edge.report({ stage: "render", site: visit.site, what: `${experience}: ${what}` });
    }
    const fresh = decision.given.filter((given) => isFresh(given, touched, happened));
    if (fresh.length === 0 && !reading.isMissing) return;
    await edge.events.send([envelopeOf(fresh, happened, edge.now())]);
    edge.exposed.remember(visit.visitor, enrolmentsOf(fresh));
  } catch (error) {
    edge.report({ stage: "emit", site: visit.site, what: String(error) });
  }
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

const isFresh = (given: GivenVariant, touched: ReadonlySet<string>, { visit, reading, certain }: Happened): boolean =>
  given.counted &&
  (touched.has(given.experience) || certain.has(given.experience)) &&
  !isEnrolled(visit, given.experience, given.version) &&
  reading.profile?.exposed.includes(`${given.experience}@${given.version}`) !== true;

const enrolmentsOf = (fresh: readonly GivenVariant[]): Enrolments =>
  Object.fromEntries(fresh.map(({ experience, variant, version }) => [experience, { variant, version }]));

function envelopeOf(
  fresh: readonly GivenVariant[],
  { decision, visit, purposes, reading, route }: Happened,
  atMs: number,
): Envelope {
  const exposures = fresh.map(
    ({ experience, version, variant, propensityBps, sticky }): Exposure => ({
      experience,
      version,
      variant,
      release: decision.release,
      propensityBps,
      route: patternOf(experience, route),
      atMs,
      sticky,
    }),
  );
  return {
    shape: envelopeShape,
    site: visit.site,
    visitor: visit.visitor,
    user: visit.user,
    exposures,
    events: [],
    refresh: reading.isMissing,
    purposes,
  };
}

const patternOf = (key: string, { candidates }: CompiledRoute): string =>
  candidates.find(({ experience }) => experience.key === key)?.pattern.path ?? "";
