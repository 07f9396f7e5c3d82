import type { Env } from "../env.ts";

/** `VISITORS_1`, `VISITORS_2` … as far as they are bound without a gap. */
export function moreDatabases(env: Env): ReadonlyMap<string, D1Database> {
  const found = new Map<string, D1Database>();
  for (let number = 1; ; number += 1) {
    const database = env[`VISITORS_${number}`];
    if (database === undefined) return found;
    found.set(`VISITORS_${number}`, database);
  }
}

/** `EVENTS`, and `EVENTS_1`, `EVENTS_2` … as far as they are bound without a gap. */
export function eventQueues(env: Env): readonly [Queue, ...Queue[]] {
  const found: [Queue, ...Queue[]] = [env.EVENTS];
  for (let number = 1; ; number += 1) {
    const queue = env[`EVENTS_${number}`];
    if (queue === undefined) return found;
    found.push(queue);
  }
}
