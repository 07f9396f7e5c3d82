import { isbot } from "isbot";
import type { CompiledRelease } from "../core/compile.ts";
import { type Bucketer, bucketerOf } from "../core/hash.ts";
import type { Bps, VisitorId } from "../core/ids.ts";
import type { StagedRelease } from "../core/release.ts";
import { bothReads } from "../core/stored-reads.ts";
import { readVisit } from "../http/visitor-cookies.ts";
import type { Edge } from "./edge.ts";
import { botId } from "./identify.ts";
import type { Live, Ready } from "./live.ts";

/** Two releases at once: which visitors get which. */
export interface StagedLive {
  readonly shareBps: Bps;
  readonly bucketOf: Bucketer;
  /** What those within the share get, and what the others do. */
  readonly early: Live;
  readonly others: Live;
  /** The staged release by itself, to be kept as long as it is staged. */
  readonly ready: Ready;
  /** The live release by itself, likewise. */
  readonly base: CompiledRelease;
}

/**
 * Puts a staged release beside the live one. Copies of profiles are kept for what either reads, so that the two do not ask
 * for new ones in turn.
 */
export function stagedBeside(live: Live, staged: StagedRelease, ready: Ready, known: StagedLive | null): StagedLive {
  const both = known?.ready.compiled === ready.compiled && known.base === live.compiled ? known : null;
  const storedReads = bothReads(live.compiled.storedReads, ready.compiled.storedReads);
  const { pointer, checkedAtMs } = live;
  return {
    shareBps: staged.shareBps,
    bucketOf: bucketerOf(staged.seed),
    early: {
      pointer: { ...pointer, release: staged.release },
      compiled: both?.early.compiled ?? { ...ready.compiled, storedReads },
      weights: ready.weights,
      checkedAtMs,
    },
    others: { ...live, compiled: both?.others.compiled ?? { ...live.compiled, storedReads }, checkedAtMs },
    ready,
    base: live.compiled,
  };
}

/** What one visitor gets. Deterministic; whoever has the early release keeps it as the share grows. */
export function liveFor(live: Live, visitor: string): Live {
  const { staged } = live;
  if (staged === undefined) return live;
  return staged.bucketOf(visitor) < staged.shareBps ? staged.early : staged.others;
}

/**
 * The edge as this visitor has it: with the one release that is theirs. Somebody new is given their id here, as it decides;
 * the cookie will say the same id.
 */
export async function edgeFor(request: Request, live: Live, edge: Edge): Promise<Edge> {
  const { site } = live.compiled.release.content;
  const cookies = request.headers.get("cookie");
  const known = edge.signer === null ? null : await readVisit(cookies, site, edge.signer);
  const fresh = edge.newVisitorId();
  const chosen = liveFor(live, known?.visitor ?? newcomer(request, fresh));
  return { ...edge, newVisitorId: () => fresh, sites: { find: () => chosen } };
}

const newcomer = (request: Request, fresh: VisitorId): VisitorId =>
  isbot(request.headers.get("user-agent") ?? "") ? botId : fresh;
