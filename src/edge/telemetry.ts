import type { Failure, Look, Telemetry } from "./edge.ts";

/** A point of Analytics Engine: the index it is sampled by, words, numbers. */
export interface Point {
  readonly indexes: [string];
  readonly blobs: string[];
  readonly doubles: number[];
}

export interface TelemetryParts {
  readonly now: () => number;
  /** Analytics Engine's, or a test's. Never awaited. */
  readonly write: (point: Point) => void;
  /** Told of a place that pages no longer have. */
  readonly drifted: (failure: Failure) => void;
}

/** The isolate's counts, for all that happens in it. */
export interface CountedTelemetry extends Telemetry {
  readonly failed: (stage: string, site: string) => void;
}

/** Counts are written at most this often: a point for every request would cost as much as the request. */
export const writeEveryMs = 10_000;
/** Analytics Engine takes 25 points an invocation. */
export const mostPointsAtOnce = 20;
/** Things counted at once. Beyond, counting rests until some have been written. */
export const mostCounts = 1_000;
/** A place that was missing on this many pages in a row is reported. */
export const driftAfterPages = 50;

/**
 * Counts what happens in this isolate and writes it as points of Analytics Engine, some at a time.
 *
 * Points: `["request", how, why]` with the requests; `["failure", stage]` with the failures; `["place", experience, place,
 * release]` with the pages looked at and those that had it. The index is the site. A count that an ending isolate has not
 * written is lost: this is for watching, never for results.
 */
export function createTelemetry({ now, write, drifted }: TelemetryParts): CountedTelemetry {
  const counts = new Map<string, Count>();
  const drift = new Map<string, Drift>();
  let writtenAtMs = now();

  const add = (site: string, blobs: readonly string[], doubles: readonly number[]): void => {
    const key = `${site}\n${blobs.join("\n")}`;
    const count = counts.get(key);
    if (count !== undefined)
      for (let at = 0; at < doubles.length; at += 1) count.doubles[at] = (count.doubles[at] ?? 0) + (doubles[at] ?? 0);
    else if (counts.size < mostCounts) counts.set(key, { site, blobs: [...blobs], doubles: [...doubles] });
    if (now() - writtenAtMs >= writeEveryMs) flush();
  };

  const flush = (): void => {
    writtenAtMs = now();
    let written = 0;
    for (const [key, { site, blobs, doubles }] of counts) {
      if (written === mostPointsAtOnce) return;
      counts.delete(key);
      write({ indexes: [site.slice(0, 96)], blobs, doubles });
      written += 1;
    }
  };

  return {
    answered: (site, how, why) => add(site, ["request", how, why ?? ""], [1]),
    failed: (stage, site) => add(site, ["failure", stage], [1]),
    looked: (look) => {
      add(look.site, ["place", look.experience, look.place.slice(0, 300), look.release], [1, look.found ? 1 : 0]);
      const said = watchDrift(drift, look);
      if (said !== null) drifted({ stage: "drift", site: look.site, what: said });
    },
  };
}

interface Count {
  readonly site: string;
  readonly blobs: string[];
  readonly doubles: number[];
}

interface Drift {
  pages: number;
  found: number;
  missedInARow: number;
}

/**
 * Watches one place: said once when it has been missing on `driftAfterPages` pages in a row, and again only after it had
 * been there. A place that only some pages have is no drift.
 */
function watchDrift(drift: Map<string, Drift>, { site, release, experience, place, found }: Look): string | null {
  const key = `${site}\n${release}\n${experience}\n${place}`;
  const known = drift.get(key) ?? { pages: 0, found: 0, missedInARow: 0 };
  if (!drift.has(key)) {
    if (drift.size >= mostCounts) drift.clear();
    drift.set(key, known);
  }
  known.pages += 1;
  known.found += found ? 1 : 0;
  known.missedInARow = found ? 0 : known.missedInARow + 1;
  if (known.missedInARow !== driftAfterPages) return null;
  const rate = Math.round((100 * known.found) / known.pages);
  return `${experience}: "${place.slice(0, 200)}" was not on the last ${driftAfterPages} pages (match rate ${rate} %, ${known.found} of ${known.pages}, release ${release})`;
}
