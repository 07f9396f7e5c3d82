import { type CompiledRelease, compileRelease } from "../core/compile.ts";
import type { ReleaseId, SiteKey } from "../core/ids.ts";
import type { LivePointer, Release } from "../core/release.ts";
import type { Failure } from "./edge.ts";

/** What is live on a host right now, as this isolate knows it. */
export interface Live {
  readonly pointer: LivePointer;
  readonly compiled: CompiledRelease;
  readonly checkedAtMs: number;
}

/** Why there is nothing to decide with. */
export type NoRelease = "no-site" | "no-release";

export interface LiveSites {
  /**
   * What is live on a host. Answers at once from this isolate's memory when it can; else it waits, at most
   * `releaseDeadlineMs`, for KV. Never rejects.
   */
  readonly find: (host: string) => Live | NoRelease | Promise<Live | NoRelease>;
}

/** The edge's way to releases. Each may reject or never settle. */
export interface ReleaseReader {
  readonly findSite: (host: string) => Promise<SiteKey | null>;
  readonly pointer: (site: SiteKey) => Promise<LivePointer | null>;
  readonly release: (id: ReleaseId) => Promise<Release | null>;
}

export interface LiveSitesParts {
  readonly reader: ReleaseReader;
  readonly now: () => number;
  readonly report: (failure: Failure) => void;
}

/** How old the pointer may be before it is looked up again, in the background. */
export const refreshAfterMs = 5_000;
/** What the first page of a cold isolate waits for its release. */
export const releaseDeadlineMs = 75;
/** After a failure pages do not wait again for this long; the look-up goes on behind them. */
const restAfterFailureMs = 2_000;
/** Hosts that are remembered as ours or not: the Host header is anybody's to write. */
const mostHosts = 1_000;

interface Entry {
  live: Live | NoRelease | null;
  checkedAtMs: number;
  pending: Promise<Live | NoRelease> | null;
  restUntilMs: number;
}

/**
 * Keeps each host's compiled release in the isolate. A good one is never replaced by one that fails to load or compile:
 * with KV down the site goes on being personalised.
 */
export function createLiveSites({ reader, now, report }: LiveSitesParts): LiveSites {
  const entries = new Map<string, Entry>();

  const load = async (host: string, entry: Entry): Promise<Live | NoRelease> => {
    const site = await reader.findSite(host);
    if (site === null) return "no-site";
    const pointer = await reader.pointer(site);
    if (pointer === null) return "no-release";
    const known = entry.live;
    if (typeof known === "object" && known !== null && isSame(known.pointer, pointer)) {
      return { ...known, pointer, checkedAtMs: now() };
    }
    const release = await reader.release(pointer.release);
    if (release === null) return typeof known === "object" && known !== null ? known : "no-release";
    return { pointer, compiled: compileRelease(release, pointer.weights ?? {}), checkedAtMs: now() };
  };

  const refresh = (host: string, entry: Entry): Promise<Live | NoRelease> => {
    entry.pending ??= load(host, entry)
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
    find: (host) => {
      const entry = entryOf(entries, host);
      if (entry.live !== null) {
        if (now() - entry.checkedAtMs > refreshAfterMs) void refresh(host, entry);
        return entry.live;
      }
      const loading = refresh(host, entry);
      if (now() < entry.restUntilMs) return "no-release";
      return orAfter(releaseDeadlineMs, loading, () => {
        entry.restUntilMs = now() + restAfterFailureMs;
        return "no-release";
      });
    },
  };
}

const isSame = (one: LivePointer, other: LivePointer): boolean =>
  one.release === other.release && JSON.stringify(one.weights) === JSON.stringify(other.weights);

function entryOf(entries: Map<string, Entry>, host: string): Entry {
  const known = entries.get(host);
  if (known !== undefined) return known;
  if (entries.size >= mostHosts) entries.clear();
  const made: Entry = { live: null, checkedAtMs: 0, pending: null, restUntilMs: 0 };
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
