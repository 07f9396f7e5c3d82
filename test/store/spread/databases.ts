import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { profilesOver } from "../../../src/store/profiles.ts";
import { spreadAwaited } from "../../../src/store/spread/awaited.ts";
import { createVisitorDatabases, type VisitorDatabases } from "../../../src/store/spread/databases.ts";
import { spreadIdentities } from "../../../src/store/spread/identities.ts";
import { spreadMerging } from "../../../src/store/spread/merging.ts";
import { createVisitorMoves } from "../../../src/store/spread/moves.ts";
import { spreadPrivacy } from "../../../src/store/spread/privacy.ts";
import { spreadRetention } from "../../../src/store/spread/retention.ts";
import { placesOf, spreadVisitors } from "../../../src/store/spread/visitors.ts";
import { migrate } from "../migrated.ts";

/** Three databases of visitors: the deployment's own and two more. */
export const all = { VISITORS: env.VISITORS, VISITORS_1: env.SPREAD_1, VISITORS_2: env.SPREAD_2 };

export async function migrateAll(): Promise<void> {
  await migrate();
  await applyD1Migrations(env.SPREAD_1, env.TEST_MIGRATIONS.visitors);
  await applyD1Migrations(env.SPREAD_2, env.TEST_MIGRATIONS.visitors);
}

/** Says that visitors are somewhere, before there are any. */
export async function place(...places: readonly (readonly [start: string, database: string])[]): Promise<void> {
  const insert = env.VISITORS.prepare("INSERT INTO places (start, database) VALUES (?1, ?2)");
  await env.VISITORS.batch([
    env.VISITORS.prepare("DELETE FROM places"),
    ...places.map(([start, database]) => insert.bind(start, database)),
  ]);
}

/** Databases as one isolate knows them; its clock stands still unless `clock` moves. */
export function isolate(wrap = (db: D1Database): D1Database => db, clock = { nowMs: 1_000_000 }): VisitorDatabases {
  const others = new Map([
    ["VISITORS_1", wrap(env.SPREAD_1)],
    ["VISITORS_2", wrap(env.SPREAD_2)],
  ]);
  return createVisitorDatabases(wrap(env.VISITORS), others, () => clock.nowMs);
}

/** What the consumer and the door need, over several databases. */
export function storesOver(databases: VisitorDatabases, kv: KVNamespace = env.KV) {
  const visitors = spreadVisitors(databases);
  const profiles = profilesOver(visitors, kv);
  return {
    visitors,
    profiles,
    identities: spreadIdentities(databases),
    merging: spreadMerging(databases),
    privacy: spreadPrivacy(databases, profiles),
    awaited: spreadAwaited(databases),
    retention: spreadRetention(databases),
    placesOf: placesOf(databases),
    rejected: () => {},
    failed: () => {},
  };
}

/** Moves whose waiting only moves the clock. */
export function movesOver(databases: VisitorDatabases, clock: { nowMs: number }) {
  const wait = async (durationMs: number) => {
    clock.nowMs += durationMs;
  };
  return createVisitorMoves({ databases, now: () => clock.nowMs, wait });
}

/** All rows of a table in all databases, with where they are. */
export async function rowsIn(table: string, site: string): Promise<Record<string, unknown>[]> {
  const found = await Promise.all(
    Object.entries(all).map(async ([database, db]) => {
      const { results } = await db.prepare(`SELECT * FROM ${table} WHERE site = ?`).bind(site).all();
      return results.map((row) => ({ database, ...row }));
    }),
  );
  return found.flat();
}
