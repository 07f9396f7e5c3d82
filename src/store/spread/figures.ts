import type { DatabaseFigures } from "../../core/capacity.ts";
import type { VisitorDatabases } from "./databases.ts";

const hourMs = 3_600_000;

/** The sites that a database knows, each found by one step in an index. */
const sites = `WITH RECURSIVE sites(site) AS (SELECT min(site) FROM profiles
  UNION ALL SELECT (SELECT min(site) FROM profiles WHERE profiles.site > sites.site) FROM sites WHERE site IS NOT NULL)`;

/** What every database of visitors holds. Reads the keys of profiles and an hour of events: for people, not for a monitor. */
export const figuresOf = ({ names, named }: VisitorDatabases, nowMs: number): Promise<DatabaseFigures[]> =>
  Promise.all(names.map(async (name) => ({ name, ...(await figuresIn(named(name), nowMs - hourMs)) })));

async function figuresIn(db: D1Database, sinceMs: number): Promise<Omit<DatabaseFigures, "name">> {
  const results = await db.batch<{ count: number }>([
    db.prepare("SELECT count(*) AS count FROM profiles"),
    db
      .prepare(
        `${sites} SELECT count(*) AS count FROM sites CROSS JOIN events ON events.site = sites.site AND events.at_ms >= ?1`,
      )
      .bind(sinceMs),
    db
      .prepare(
        `${sites} SELECT count(*) AS count FROM sites
         CROSS JOIN profiles ON profiles.site = sites.site AND profiles.updated_at_ms >= ?1`,
      )
      .bind(sinceMs),
  ]);
  const countAt = (at: number): number => results[at]?.results[0]?.count ?? 0;
  return {
    sizeBytes: results[0]?.meta.size_after ?? 0,
    profiles: countAt(0),
    eventsInLastHour: countAt(1),
    profilesChangedInLastHour: countAt(2),
  };
}
