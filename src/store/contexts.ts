import { fnv1a32 } from "../core/hash.ts";
import type { SiteKey } from "../core/ids.ts";
import type { RecordedContext } from "../core/replay/recorded.ts";
import { inParameters } from "./bulk.ts";
import { parseJson } from "./parse-json.ts";

/** So many contexts of a site are kept; a new one takes the place of an old one. */
const mostContexts = 2_000;
/** Older ones say little of who comes now. */
const keptMs = 30 * 86_400_000;

/** A context, and the message that brought it. */
export interface BroughtContext {
  readonly id: string;
  readonly site: SiteKey;
  readonly context: RecordedContext;
}

/** Contexts recorded for replay: a bounded sample of each site, in `DB`, as there is nothing of a visitor in it. */
export interface ContextStore {
  /** The same message again changes nothing. */
  keep(brought: readonly BroughtContext[]): Promise<void>;
  /** Those of the last thirty days. */
  read(site: SiteKey, nowMs: number): Promise<readonly RecordedContext[]>;
}

export const createContextStore = (db: D1Database): ContextStore => ({
  keep: async (brought) => {
    const sql = `INSERT INTO replay_contexts (site, slot, hour_ms, context)
      SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?1) WHERE true
      ON CONFLICT DO UPDATE SET hour_ms = excluded.hour_ms, context = excluded.context`;
    const rows = brought.map(({ id, site, context }) =>
      JSON.stringify([site, fnv1a32(id) % mostContexts, context.hourMs, JSON.stringify(context)]),
    );
    await db.batch(inParameters(rows).map((parameter) => db.prepare(sql).bind(parameter)));
  },
  read: async (site, nowMs) => {
    const sql = "SELECT context FROM replay_contexts WHERE site = ? AND hour_ms >= ? ORDER BY slot";
    const { results } = await db
      .prepare(sql)
      .bind(site, nowMs - keptMs)
      .all<{ context: string }>();
    // Ours alone writes it, and only what the queue's door has parsed.
    return results.flatMap(({ context }) => (parseJson(context) as RecordedContext | undefined) ?? []);
  },
});
