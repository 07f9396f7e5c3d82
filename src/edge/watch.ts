import { createFailureLog, type FailureLine, type LoggedFailure } from "../core/failure-log.ts";
import type { Telemetry } from "./edge.ts";
import { createTelemetry, type Point } from "./telemetry.ts";

/** What operators see of this isolate: lines in the log, and counts. */
export interface Watch {
  readonly report: (failure: LoggedFailure) => void;
  readonly telemetry: Telemetry;
}

export interface WatchParts {
  readonly now: () => number;
  readonly writeLine: (line: FailureLine) => void;
  readonly writePoint: (point: Point) => void;
}

/** Every failure is counted; the log tells as many as people can read. */
export function createWatch({ now, writeLine, writePoint }: WatchParts): Watch {
  const log = createFailureLog({ now, write: writeLine });
  const telemetry = createTelemetry({ now, write: writePoint, drifted: (failure) => report(failure) });
  const report = (failure: LoggedFailure): void => {
    telemetry.failed(failure.stage, failure.site);
    log(failure);
  };
  return { report, telemetry };
}
