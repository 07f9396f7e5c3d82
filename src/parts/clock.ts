import type { Watch } from "../edge/watch.ts";
import type { Env } from "../env.ts";
import { makeAbsences } from "../jobs/absences.ts";
import { createAwaitedStore } from "../store/awaited.ts";
import { createEventQueue } from "../store/events-queue.ts";
import { knowledgeFor } from "./knowledge.ts";

/** What the clock starts every few minutes. A job that fails is told of, and goes on with the next tick. */
export async function tick(env: Env, { report }: Watch): Promise<void> {
  const parts = {
    awaited: createAwaitedStore(env.VISITORS),
    knowledgeOf: knowledgeFor(env),
    send: createEventQueue(env.EVENTS).send,
  };
  try {
    await makeAbsences(parts, Date.now());
  } catch (error) {
    report({ stage: "absences", site: "", what: String(error) });
  }
}
