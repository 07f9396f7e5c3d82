import { consume } from "../collect/consume.ts";
import type { Watch } from "../edge/watch.ts";
import type { Env } from "../env.ts";
import { knowledgeFor } from "./knowledge.ts";
import { visitorStoresFor } from "./visitor-stores.ts";

/** Takes in a batch of the queue. */
export async function takeBatch(batch: MessageBatch, env: Env, { report }: Watch): Promise<void> {
  const stores = {
    ...visitorStoresFor(env),
    knowledgeOf: knowledgeFor(env),
    rejected: ({ id, reasons }: { readonly id: string; readonly reasons: readonly string[] }) =>
      report({ stage: "consume", site: "", what: `${id}: ${reasons.join("; ")}` }),
    failed: (error: unknown) => report({ stage: "consume", site: "", what: String(error) }),
  };
  await consume(batch.messages, stores, Date.now());
}
