import type { Watch } from "../edge/watch.ts";
import type { Env } from "../env.ts";
import { makeAbsences } from "../jobs/absences.ts";
import { type ClockPorts, everyFiveMinutes, onClock } from "../jobs/clock.ts";
import { goOnMoving } from "../jobs/visitor-moves.ts";
import { createDraftStore } from "../store/drafts.ts";
import { createEventQueue } from "../store/events-queue.ts";
import { createReleaseStore } from "../store/releases.ts";
import { createReviewStore } from "../store/reviews.ts";
import { knowledgeFor } from "./knowledge.ts";
import { movesFor } from "./moves.ts";
import { eventQueues } from "./numbered.ts";
import { visitorStoresFor } from "./visitor-stores.ts";

/** Does what is due at a cron expression. A job that fails keeps none of the others from being done. */
export async function strike(cron: string, nowMs: number, env: Env, watch: Watch): Promise<void> {
  if (cron === everyFiveMinutes) {
    await lookForAbsences(nowMs, env, watch);
    await keepMoving(env, watch);
  }
  await onClock(cron, nowMs, clockParts(env, watch));
}

/** What did not follow becomes events. What fails is told, and done with the next strike. */
async function lookForAbsences(nowMs: number, env: Env, { report }: Watch): Promise<void> {
  const { send } = createEventQueue(...eventQueues(env));
  try {
    await makeAbsences({ awaited: visitorStoresFor(env).awaited, knowledgeOf: knowledgeFor(env), send }, nowMs);
  } catch (error) {
    report({ stage: "clock", site: "", what: `absences: ${error}` });
  }
}

/** With one database there is nowhere to move to. */
async function keepMoving(env: Env, { report }: Watch): Promise<void> {
  const { databases } = visitorStoresFor(env);
  if (databases.all.length === 1) return;
  try {
    await goOnMoving(movesFor(databases));
  } catch (error) {
    report({ stage: "clock", site: "", what: `moving visitors: ${error}` });
  }
}

function clockParts(env: Env, { report }: Watch): ClockPorts {
  const releases = createReleaseStore({ db: env.DB, kv: env.KV });
  return {
    sites: createDraftStore(env.DB).sites,
    failed: (site, what) => report({ stage: "clock", site, what }),
    releases,
    reviews: createReviewStore(env.DB),
    liveDraft: async (site) => {
      const pointer = await releases.pointer(site);
      return pointer === null ? null : ((await releases.read(pointer.release))?.content ?? null);
    },
    retention: visitorStoresFor(env).retention,
  };
}
