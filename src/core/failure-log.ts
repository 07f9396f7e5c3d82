/** Something that failed, as operators read it. */
export interface LoggedFailure {
  readonly stage: string;
  readonly site: string;
  readonly what: string;
}

/** One line of the log. `suppressed`: how many of the same stage were not written since its last line. */
export interface FailureLine extends LoggedFailure {
  readonly caramel: "failure";
  readonly suppressed: number;
}

export interface FailureLogParts {
  readonly now: () => number;
  readonly write: (line: FailureLine) => void;
}

/** Lines that a stage may write at once, in one isolate. */
export const burstLines = 10;
/** A further line is allowed after this long. */
export const lineEveryMs = 5_000;
/** Longer words are cut off: an error may carry a whole page. */
const mostCharacters = 500;

interface Bucket {
  lines: number;
  filledAtMs: number;
  suppressed: number;
}

/**
 * One structured line a failure, at a rate that neither drowns the log nor costs more than the failure itself when a
 * dependency is down: a token bucket for each stage. What was kept back is counted, and told by the stage's next line.
 */
export function createFailureLog({ now, write }: FailureLogParts): (failure: LoggedFailure) => void {
  const buckets = new Map<string, Bucket>();
  return ({ stage, site, what }) => {
    const bucket = buckets.get(stage) ?? { lines: burstLines, filledAtMs: now(), suppressed: 0 };
    buckets.set(stage, bucket);
    refill(bucket, now());
    if (bucket.lines < 1) {
      bucket.suppressed += 1;
      return;
    }
    bucket.lines -= 1;
    const { suppressed } = bucket;
    bucket.suppressed = 0;
    write({ caramel: "failure", stage, site, what: what.slice(0, mostCharacters), suppressed });
  };
}

/** A clock that was set back refills nothing. */
function refill(bucket: Bucket, nowMs: number): void {
  const earned = Math.floor(Math.max(0, nowMs - bucket.filledAtMs) / lineEveryMs);
  if (earned === 0) return;
  bucket.lines = Math.min(burstLines, bucket.lines + earned);
  bucket.filledAtMs += earned * lineEveryMs;
}
