import type { Env } from "../env.ts";
import { createReleaseReader } from "../store/live-releases.ts";
import { createKnowledge, type KnowledgeOf } from "../store/site-knowledge.ts";

const known = new WeakMap<Env, KnowledgeOf>();

/** What each site's live release asks of those who take its events in. Kept as long as the isolate lives. */
export function knowledgeFor(env: Env): KnowledgeOf {
  const made = known.get(env) ?? createKnowledge(createReleaseReader({ kv: env.KV }), Date.now);
  known.set(env, made);
  return made;
}
