import type { BanditWeights, CompiledRelease } from "../core/compile.ts";
import type { ReleaseId, SiteKey } from "../core/ids.ts";
import type { LivePointer, Release } from "../core/release.ts";
import type { Failure } from "./edge.ts";
import { loaderOf } from "./load-live.ts";
import type { StagedLive } from "./staged.ts";

/** What is live on a host right now, as this isolate knows it. */
export interface Live {
  readonly pointer: LivePointer;
  readonly compiled: CompiledRelease;
  /** With which it was compiled. */
  readonly weights: BanditWeights;
  readonly checkedAtMs: number;
  /** Some visitors get another release; left out when none do, which is nearly always. */
  readonly staged?: StagedLive;
}

/** A release made ready, and the weights with which it was compiled. */
export type Ready = Pick<Live, "compiled" | "weights">;

/** Why there is nothing to decide with. */
export type NoRelease = "no-site" | "no-release";

export interface LiveSites {
  /**
   * What is live on a host. Answers at once from this isolate's memory when it can; else it waits, at most
   * `releaseDeadlineMs`, for KV. Never rejects.
   *
   * @param later keeps a look-up going after the response: without it, it ends with the request that began it.
   */
  readonly find: (host: string, later?: Later) => Live | NoRelease | Promise<Live | NoRelease>;
}

type Later = (work: Promise<unknown>) => void;

/** The edge's way to releases. Each may reject or never settle. */
export interface ReleaseReader {
  readonly findSite: (host: string) => Promise<SiteKey | null>;
  readonly pointer: (site: SiteKey) => Promise<LivePointer | null>;
  readonly release: (id: ReleaseId) => Promise<Release | null>;
  /** Weights that the site's bandits have learnt. */
  readonly weights: (site: SiteKey) => Promise<BanditWeights>;
}

export interface LiveSitesParts {
  readonly reader: ReleaseReader;
  readonly now: () => number;
  readonly report: (failure: Failure) => void;
}

/** How old the pointer may be before it is looked up again, in the background. */
export const refreshAfterMs = 5_000;
/** What the first page of a cold isolate waits for its release: with all else, no page may be 100 ms later than its origin. */
export const releaseDeadlineMs = 60;
/** After a failure pages do not wait again for this long; the look-up goes on behind them. */
const restAfterFailureMs = 2_000;
/** A look-up that has not ended by then died with the request that began it: the next one begins anew. */
const lostAfterMs = 10_000;
/** Hosts that are remembered as ours or not: the Host header is anybody's to write. */
const mostHosts = 1_000;

interface Entry {
  live: Live | NoRelease | null;
  checkedAtMs: number;
  pending: Promise<Live | NoRelease> | null;
  pendingSinceMs: number;
  restUntilMs: number;
}

/**
 * Keeps each host's compiled release in the isolate. A good one is never replaced by one that fails to load or compile:
 * with KV down the site goes on being personalised.
 */
export function createLiveSites({ reader, now, report }: LiveSitesParts): LiveSites {
  const entries = new Map<string, Entry>();

  const load = loaderOf({ reader, now, report });

  const refresh = (host: string, entry: Entry): Promise<Live | NoRelease> => {
    if (entry.pending !== null && now() - entry.pendingSinceMs < lostAfterMs) return entry.pending;
    entry.pendingSinceMs = now();
    entry.pending = load(host, typeof entry.live === "object" ? entry.live : null)
      .then((live) => {
        entry.live = live;
        return live;
      })
      .catch((error: unknown) => {
        report({ stage: "release", site: host, what: String(error) });
        entry.restUntilMs = now() + restAfterFailureMs;
        return entry.live ?? "no-release";
      })
      .finally(() => {
        entry.pending = null;
        entry.checkedAtMs = now();
      });
    return entry.pending;
  };

  return {
    find: (host, later = noted) => {
      const entry = entryOf(entries, host);
      if (entry.live !== null) {
        if (now() - entry.checkedAtMs > refreshAfterMs) later(refresh(host, entry));
        return entry.live;
      }
      const loading = refresh(host, entry);
      later(loading);
      if (now() < entry.restUntilMs) return "no-release";
      return orAfter(releaseDeadlineMs, loading, () => {
        entry.restUntilMs = now() + restAfterFailureMs;
        return "no-release";
      });
    },
  };
}

const noted: Later = () => {};

function entryOf(entries: Map<string, Entry>, host: string): Entry {
  const known = entries.get(host);
  if (known !== undefined) return known;
  if (entries.size >= mostHosts) entries.clear();
  const made: Entry = { live: null, checkedAtMs: 0, pending: null, pendingSinceMs: 0, restUntilMs: 0 };
  entries.set(host, made);
  return made;
}

/** The promise's value, or the substitute's when it takes longer. The timer never outlives the answer. */
export function orAfter<T>(deadlineMs: number, promise: Promise<T>, substitute: () => T): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(substitute()), deadlineMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
