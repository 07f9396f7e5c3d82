import type { SiteKey, UserId, VisitorId } from "../../core/ids.ts";
import { type Binding, createIdentityStore, type IdentityStore } from "../identities.ts";
import { tombstoneOf } from "../tombstone.ts";
import { byDatabase, databaseOf, noticing, type VisitorDatabases } from "./databases.ts";

/**
 * Identities over several databases: who a visitor is stands with the visitor, who a user is in the first database.
 *
 * No batch reaches across, so binding goes in steps, each harmless alone and repeated by whoever asks again:
 * the visitor is claimed for the user where they are (one user can do that, once); the user's row names the first claimant;
 * and that name is written where both are. A visitor whose binding died in between is their own canonical visitor until they log in again.
 */
export function spreadIdentities(databases: VisitorDatabases): IdentityStore {
  return {
    bind: (binding, nowMs) => noticing(databases, () => bind(databases, binding, nowMs)),
    canonicalOf: (user, site, fresh, nowMs) =>
      noticing(databases, async () => {
        const canonical = await claimUser(databases.first, user, site, fresh, nowMs);
        await claimVisitor(await databaseOf(databases, canonical), canonical, site, user, nowMs);
        return canonical;
      }),
    fates: async (whos) => {
      const parts = await byDatabase(databases, whos, ({ visitor }) => visitor);
      const fates = await Promise.all(parts.map(([db, own]) => createIdentityStore(db).fates(own)));
      return {
        canonical: new Map(fates.flatMap(({ canonical }) => [...canonical])),
        erased: new Set(fates.flatMap(({ erased }) => [...erased])),
      };
    },
  };
}

async function bind(
  databases: VisitorDatabases,
  { visitor, site, user, fresh }: Binding,
  nowMs: number,
): Promise<VisitorId> {
  const own = await databaseOf(databases, visitor);
  const isTheirs = (await claimVisitor(own, visitor, site, user, nowMs)) === user;
  const canonical = await claimUser(databases.first, user, site, isTheirs ? visitor : fresh, nowMs);
  if (canonical === visitor) return canonical;
  await claimVisitor(await databaseOf(databases, canonical), canonical, site, user, nowMs);
  if (isTheirs) await own.prepare(setCanonical).bind(visitor, site, user, canonical).run();
  return canonical;
}

const setCanonical = "UPDATE identities SET canonical = ?4 WHERE visitor = ?1 AND site = ?2 AND user = ?3";

const insertIdentity = `INSERT INTO identities (visitor, site, user, canonical, bound_at_ms) SELECT ?1, ?2, ?3, ?1, ?4
  WHERE NOT EXISTS (SELECT 1 FROM tombstones WHERE hash = ?5) ON CONFLICT DO NOTHING`;

/** @returns whose the visitor is now; `null` for one who was erased. */
async function claimVisitor(
  db: D1Database,
  visitor: VisitorId,
  site: SiteKey,
  user: UserId,
  nowMs: number,
): Promise<UserId | null> {
  const hash = await tombstoneOf({ visitor, site });
  const results = await db.batch<{ user: UserId }>([
    db.prepare(insertIdentity).bind(visitor, site, user, nowMs, hash),
    db.prepare("SELECT user FROM identities WHERE visitor = ?1 AND site = ?2").bind(visitor, site),
  ]);
  return results[1]?.results[0]?.user ?? null;
}

/** @returns the user's canonical visitor: `candidate` for a user who had none. */
async function claimUser(
  first: D1Database,
  user: UserId,
  site: SiteKey,
  candidate: VisitorId,
  nowMs: number,
): Promise<VisitorId> {
  const results = await first.batch<{ visitor: VisitorId }>([
    first
      .prepare("INSERT INTO users (user, site, visitor, created_at_ms) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING")
      .bind(user, site, candidate, nowMs),
    first.prepare("SELECT visitor FROM users WHERE user = ?1 AND site = ?2").bind(user, site),
  ]);
  return results[1]?.results[0]?.visitor ?? candidate;
}
