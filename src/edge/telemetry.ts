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
/** Things known at once, and things waiting to be written: names may be anybody's to make up. */
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
  const counts = new Counts();
  let writtenAtMs = now();

  const flushWhenDue = (): void => {
    if (now() - writtenAtMs < writeEveryMs) return;
    writtenAtMs = now();
    for (const point of counts.take(mostPointsAtOnce)) {
      try {
        write(point);
      } catch {
        // A count is not worth a page: this runs on the page's way.
      }
    }
  };

  return {
    answered: (site, how, why) => {
      counts.add(counts.of([site, "request", how, why ?? ""]), 1, null);
      flushWhenDue();
    },
    failed: (stage, site) => {
      counts.add(counts.of([site, "failure", stage]), 1, null);
      flushWhenDue();
    },
    looked: (look) => {
      const count = counts.of([look.site, "place", look.experience, look.place, look.release]);
      counts.add(count, 1, look.found ? 1 : 0);
      const said = driftOf(count, look);
      if (said !== null) drifted({ stage: "drift", site: look.site, what: said });
    },
  };
}

/** One thing that is counted. */
interface Count {
  readonly path: readonly string[];
  /** Since it was last written. `second` stays `null` where only one thing is counted. */
  first: number;
  second: number | null;
  isWaiting: boolean;
  /** Of a place: in all, and how long it has been missing. */
  pages: number;
  found: number;
  missedInARow: number;
}

interface Node {
  readonly below: Map<string, Node>;
  count: Count | null;
}

const newNode = (): Node => ({ below: new Map(), count: null });

/** Counts by path, found without putting a key together: this is done several times a page. */
class Counts {
  #root = newNode();
  #known = 0;
  #waiting: Count[] = [];

  of(path: readonly string[]): Count {
    let node = this.#root;
    for (const name of path) {
      let next = node.below.get(name);
      if (next === undefined) {
        next = newNode();
        node.below.set(name, next);
      }
      node = next;
    }
    node.count ??= this.#newCount(path);
    return node.count;
  }

  add(count: Count, first: number, second: number | null): void {
    count.first += first;
    if (second !== null) count.second = (count.second ?? 0) + second;
    if (count.isWaiting || this.#waiting.length >= mostCounts) return;
    count.isWaiting = true;
    this.#waiting.push(count);
  }

  /** Up to so many points; what they say counts from nothing again. */
  take(most: number): readonly Point[] {
    return this.#waiting.splice(0, most).map((count) => {
      const { path, first, second } = count;
      const [site = "", ...blobs] = path;
      Object.assign(count, { first: 0, second: null, isWaiting: false });
      const words = blobs.map((blob) => blob.slice(0, 300));
      return { indexes: [site.slice(0, 96)], blobs: words, doubles: second === null ? [first] : [first, second] };
    });
  }

  #newCount(path: readonly string[]): Count {
    if (this.#known >= mostCounts) {
      this.#root = newNode();
      this.#known = 0;
    }
    this.#known += 1;
    return { path, first: 0, second: null, isWaiting: false, pages: 0, found: 0, missedInARow: 0 };
  }
}

/**
 * Watches one place: said once when it has been missing on `driftAfterPages` pages in a row, and again only after it had
 * been there. A place that only some pages have is no drift.
 */
function driftOf(count: Count, { experience, place, release, found }: Look): string | null {
  count.pages += 1;
  count.found += found ? 1 : 0;
  count.missedInARow = found ? 0 : count.missedInARow + 1;
  if (count.missedInARow !== driftAfterPages) return null;
  const rate = Math.round((100 * count.found) / count.pages);
  const rates = `match rate ${rate} %, ${count.found} of ${count.pages}, release ${release}`;
  return `${experience}: "${place.slice(0, 200)}" was not on the last ${driftAfterPages} pages (${rates})`;
}
