import type { Draft } from "./draft.ts";
import type { ReleaseId } from "./ids.ts";
import type { LivePointer } from "./release.ts";

/** What a site asks before a release goes live. */
export interface ReviewPolicy {
  /** Nothing goes live that nobody has approved. */
  readonly required: boolean;
  /** Whether somebody who wrote or submitted a release may approve it. */
  readonly ownApproval: boolean;
}

/** Something that happened to a release. The last one that happened says its state. */
export const releaseSteps = [
  "review",
  "approved",
  "rejected",
  "scheduled",
  "unscheduled",
  "staged",
  "unstaged",
  "live",
  "superseded",
  "rolled_back",
  "failed",
] as const;
export type ReleaseStep = (typeof releaseSteps)[number];

/** Where a release stands. `void`: it was approved, and the draft has been edited since. */
export const releaseStates = [
  "made",
  "review",
  "approved",
  "void",
  "rejected",
  "scheduled",
  "staged",
  "live",
  "superseded",
  "rolled_back",
] as const;
export type ReleaseState = (typeof releaseStates)[number];

/** Who did something: the principal's id, which stays theirs, and the name they had then. */
export interface Actor {
  readonly id: string;
  readonly name: string;
}

/** One line of a release's history. */
export interface ReleaseEvent {
  readonly release: ReleaseId;
  readonly step: ReleaseStep;
  readonly by: Actor;
  readonly atMs: number;
  /** The draft's revision that the release was made of; `null` where it was made of none. */
  readonly revision: number | null;
  readonly note: string;
}

/**
 * The policy by which a release is judged: what is live asks for review, or the release itself does. Nobody gets round a
 * review by publishing a file that no longer asks for one.
 */
export function reviewPolicyOf(live: Draft | null, next: Draft): ReviewPolicy {
  const asking = [live?.site.review, next.site.review].filter((policy) => policy !== undefined);
  return {
    required: asking.some(({ required }) => required),
    ownApproval: asking.every(({ ownApproval }) => ownApproval),
  };
}

const isVerdict = ({ step }: ReleaseEvent): boolean => step === "review" || step === "approved" || step === "rejected";

/** What reviewers last said of a release, and when; `null` when nobody was asked. `events`: oldest first. */
export const verdictOn = (events: readonly ReleaseEvent[]): ReleaseEvent | null => events.findLast(isVerdict) ?? null;

/** Whether visitors have had the release: going back to it needs no new approval. */
export const wasLive = (events: readonly ReleaseEvent[]): boolean => events.some(({ step }) => step === "live");

/**
 * Where a release stands.
 *
 * @param events the release's own, oldest first.
 * @param draftRelease the release that the draft would give now; `null` for a draft that gives none.
 */
export function stateOf(
  release: ReleaseId,
  events: readonly ReleaseEvent[],
  pointer: LivePointer | null,
  draftRelease: ReleaseId | null,
): ReleaseState {
  if (pointer?.release === release) return "live";
  if (pointer?.staged?.release === release) return "staged";
  const state = stateAfter(events);
  return state === "approved" && !wasLive(events) && draftRelease !== release ? "void" : state;
}

/** What the steps come to by themselves: one that is undone leaves what was before it. */
function stateAfter(events: readonly ReleaseEvent[]): ReleaseState {
  let settled: ReleaseState = "made";
  let scheduled = false;
  for (const { step } of events) {
    scheduled = step === "scheduled" || (scheduled && step !== "unscheduled" && step !== "failed" && step !== "live");
    if (step === "live") settled = "superseded";
    else if (lasting.has(step)) settled = step as ReleaseState;
  }
  return scheduled ? "scheduled" : settled;
}

const lasting: ReadonlySet<ReleaseStep> = new Set(["review", "approved", "rejected", "superseded", "rolled_back"]);
