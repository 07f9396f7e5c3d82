import { consume } from "../collect/consume.ts";
import type { Watch } from "../edge/watch.ts";
import type { Env } from "../env.ts";
import { createIdentityStore } from "../store/identities.ts";
import { createMergeStore } from "../store/merging.ts";
import { createProfileStore } from "../store/profiles.ts";
import { createVisitorStore } from "../store/visitors.ts";

/** Takes in a batch of the queue. */
export async function takeBatch(batch: MessageBatch, env: Env, { report }: Watch): Promise<void> {
  const stores = {
    visitors: createVisitorStore(env.VISITORS),
    identities: createIdentityStore(env.VISITORS),
    merging: createMergeStore(env.VISITORS),
    profiles: createProfileStore({ kv: env.KV, db: env.VISITORS }),
    rejected: ({ id, reasons }: { readonly id: string; readonly reasons: readonly string[] }) =>
      report({ stage: "consume", site: "", what: `${id}: ${reasons.join("; ")}` }),
    failed: (error: unknown) => report({ stage: "consume", site: "", what: String(error) }),
  };
  await consume(batch.messages, stores, Date.now());
}
