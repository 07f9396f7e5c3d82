import { consume } from "../collect/consume.ts";
import { takeDeadLetters } from "../collect/dead-letters.ts";
import type { Watch } from "../edge/watch.ts";
import type { Env } from "../env.ts";
import { createContextStore } from "../store/contexts.ts";
import { createDeadLetterStore } from "../store/dead-letters.ts";
import { knowledgeFor } from "./knowledge.ts";
import { visitorStoresFor } from "./visitor-stores.ts";

/** Dead letters come from a queue of their own, `events-dead`. */
const isOfTheDead = (queue: string): boolean => queue.endsWith("-dead");

/** Takes in a batch of a queue. */
export async function takeBatch(batch: MessageBatch, env: Env, { report }: Watch): Promise<void> {
  const visitors = visitorStoresFor(env);
  const stores = {
    ...visitors,
    knowledgeOf: knowledgeFor(env),
    contexts: createContextStore(env.DB),
    rejected: ({ id, reasons }: { readonly id: string; readonly reasons: readonly string[] }) =>
      report({ stage: "consume", site: "", what: `${id}: ${reasons.join("; ")}` }),
    failed: (error: unknown) => report({ stage: "consume", site: "", what: String(error) }),
  };
  if (!isOfTheDead(batch.queue)) {
    await consume(batch.messages, stores, Date.now());
    return;
  }
  const { keep } = createDeadLetterStore(visitors.databases.first);
  await takeDeadLetters(batch.messages, { ...stores, keep }, Date.now());
}
