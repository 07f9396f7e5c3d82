import { join } from "node:path";
import { it } from "vitest";
import { unstable_getMiniflareWorkerOptions, unstable_readConfig } from "wrangler";
import { bindings, crons, deadConsumer, eventsConsumer, runtime } from "../../../src/cli/local/worker.ts";
import { callLimits } from "../../../src/collect/limits.ts";
import { loginLimit } from "../../../src/control/login-limit.ts";
import { everyFiveMinutes, nightly } from "../../../src/jobs/clock.ts";

it("the local Worker has the runtime, bindings and queue that wrangler.toml names", ({ expect }) => {
  const { workerOptions } = unstable_getMiniflareWorkerOptions(join(import.meta.dirname, "../../../wrangler.toml"));
  expect(workerOptions).toMatchObject(runtime);
  expect(Object.keys(workerOptions.kvNamespaces ?? {})).toEqual(namesOf("kv"));
  expect(Object.keys(workerOptions.d1Databases ?? {})).toEqual(namesOf("d1"));
  expect(workerOptions.queueProducers).toEqual({ EVENTS: { queueName: bindings.EVENTS.name } });
  expect(workerOptions.analyticsEngineDatasets).toEqual({ TELEMETRY: { dataset: bindings.TELEMETRY.name } });
  for (const limit of ["VISITOR_LIMIT", "SOURCE_LIMIT", "LOGIN_LIMIT"] as const) {
    expect(new Map<string, unknown>(Object.entries(workerOptions.ratelimits ?? {})).get(limit)).toMatchObject({
      simple: bindings[limit].simple,
    });
  }
  expect(bindings.VISITOR_LIMIT.simple.limit).toBe(callLimits.visitor);
  expect(bindings.SOURCE_LIMIT.simple).toEqual({ limit: callLimits.source, period: callLimits.periodSeconds });
  expect(bindings.LOGIN_LIMIT.simple).toEqual({ limit: loginLimit.tries, period: loginLimit.periodSeconds });
  const { type: _, name, ...consumer } = eventsConsumer;
  // Local only: a person who has clicked should not wait for the batch.
  const { type: __, name: dead, ...ofTheDead } = deadConsumer;
  expect(workerOptions.queueConsumers).toEqual({ [name]: { ...consumer, maxBatchTimeout: 2 }, [dead]: ofTheDead });
});

it("the local clock and the Worker's know the times that wrangler.toml names", ({ expect }) => {
  const { triggers } = unstable_readConfig({ config: join(import.meta.dirname, "../../../wrangler.toml") });
  expect(triggers.crons).toEqual([...crons]);
  expect([everyFiveMinutes, nightly]).toEqual([...crons]);
});

function namesOf(type: string): string[] {
  return Object.entries(bindings).flatMap(([name, binding]) => (binding.type === type ? [name] : []));
}
