import type { Watch } from "../edge/watch.ts";
import type { Env } from "../env.ts";
import { type ClockPorts, onClock } from "../jobs/clock.ts";
import { createDraftStore } from "../store/drafts.ts";
import { createReleaseStore } from "../store/releases.ts";
import { createRetentionStore } from "../store/retention.ts";

/** Does what is due at a cron expression. */
export const strike = (cron: string, nowMs: number, env: Env, watch: Watch): Promise<void> =>
  onClock(cron, nowMs, clockParts(env, watch));

function clockParts(env: Env, { report }: Watch): ClockPorts {
  const releases = createReleaseStore({ db: env.DB, kv: env.KV });
  return {
    sites: createDraftStore(env.DB).sites,
    failed: (site, what) => report({ stage: "clock", site, what }),
    releases,
    liveDraft: async (site) => {
      const pointer = await releases.pointer(site);
      return pointer === null ? null : ((await releases.read(pointer.release))?.content ?? null);
    },
    retention: createRetentionStore(env.VISITORS),
  };
}
