import { afterAll, beforeAll, describe } from "vitest";
import { passThroughWorker, type RunningProxy, type Runtime, startProxy } from "./proxy.ts";
import { type RawOrigin, startRawOrigin } from "./raw-origin.ts";

/** What a suite works with: both are there once its tests run. */
export interface InFront {
  readonly origin: RawOrigin;
  readonly port: number;
  readonly runtime: Runtime;
}

const runtimes: readonly Runtime[] = ["workerd", "miniflare"];

/**
 * Runs a suite against a Worker in front of a raw origin, on each runtime.
 *
 * @param entry the Worker's module; by default the one that is only the first and the last stage.
 */
export function inFront(name: string, suite: (parts: () => InFront) => void, entry = passThroughWorker): void {
  describe.each(runtimes)(`${name} on %s`, (runtime) => {
    let origin: RawOrigin | null = null;
    let proxy: RunningProxy | null = null;
    beforeAll(async () => {
      origin = await startRawOrigin();
      proxy = await startProxy(runtime, entry, origin.url);
    });
    afterAll(async () => {
      await proxy?.close();
      await origin?.close();
    });
    suite(() => {
      if (origin === null || proxy === null) throw new Error("a suite's parts exist only while its tests run");
      return { origin, port: proxy.port, runtime };
    });
  });
}
