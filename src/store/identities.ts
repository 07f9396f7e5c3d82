import type { SiteKey, UserId, VisitorId } from "../core/ids.ts";
import { inParameters } from "./bulk.ts";
import { tombstoneOf } from "./tombstone.ts";
import { type Who, whoKey } from "./who.ts";

/** A visitor who is to be a user from now on. */
export interface Binding extends Who {
  readonly user: UserId;
  /** Stands for the user when the visitor can't: they are another user's, or were erased. */
  readonly fresh: VisitorId;
}

/** What has become of visitors since a message about them was sent. By `whoKey`. */
export interface Fates {
  /** Those that turned out to be a user whose canonical visitor is another. */
  readonly canonical: ReadonlyMap<string, VisitorId>;
  readonly erased: ReadonlySet<string>;
}

/** Who visitors turned out to be. A user's canonical visitor is the first that was identified as them, and never changes. */
export interface IdentityStore {
  /** Binds once; a visitor who is bound already stays so. @returns the user's canonical visitor. */
  bind(binding: Binding, nowMs: number): Promise<VisitorId>;
  /** The user's canonical visitor; `fresh` becomes it for a user nobody has seen. */
  canonicalOf(user: UserId, site: SiteKey, fresh: VisitorId, nowMs: number): Promise<VisitorId>;
  fates(whos: readonly Who[]): Promise<Fates>;
}

export function createIdentityStore(db: D1Database): IdentityStore {
  return {
    bind: (binding, nowMs) => bind(db, binding, nowMs),
    canonicalOf: async (user, site, fresh, nowMs) => {
      const results = await db.batch<{ visitor: VisitorId }>([
        db
          .prepare(
            "INSERT INTO users (user, site, visitor, created_at_ms) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
          )
          .bind(user, site, fresh, nowMs),
        bindCanonical(db, user, site, nowMs),
        db.prepare("SELECT visitor FROM users WHERE user = ?1 AND site = ?2").bind(user, site),
      ]);
      return results[2]?.results[0]?.visitor ?? fresh;
    },
    fates: (whos) => fatesOf(db, whos),
  };
}

/** The visitor may stand for the user: not erased, and nobody else's. */
const isFree = `NOT EXISTS (SELECT 1 FROM tombstones WHERE hash = ?5)
  AND NOT EXISTS (SELECT 1 FROM identities WHERE visitor = ?3 AND site = ?2 AND user <> ?1)`;

async function bind(db: D1Database, { visitor, site, user, fresh }: Binding, nowMs: number): Promise<VisitorId> {
  const hash = await tombstoneOf({ visitor, site });
  const results = await db.batch<{ visitor: VisitorId }>([
    db
      .prepare(
        `INSERT INTO users (user, site, visitor, created_at_ms)
         VALUES (?1, ?2, CASE WHEN ${isFree} THEN ?3 ELSE ?6 END, ?4) ON CONFLICT DO NOTHING`,
      )
      .bind(user, site, visitor, nowMs, hash, fresh),
    db
      .prepare(
        `INSERT INTO identities (visitor, site, user, canonical, bound_at_ms)
         SELECT ?3, ?2, ?1, visitor, ?4 FROM users WHERE user = ?1 AND site = ?2 AND ${isFree} ON CONFLICT DO NOTHING`,
      )
      .bind(user, site, visitor, nowMs, hash),
    bindCanonical(db, user, site, nowMs),
    db.prepare("SELECT visitor FROM users WHERE user = ?1 AND site = ?2").bind(user, site),
  ]);
  return results[3]?.results[0]?.visitor ?? fresh;
}

const bindCanonical = (db: D1Database, user: UserId, site: SiteKey, nowMs: number): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO identities (visitor, site, user, canonical, bound_at_ms)
       SELECT visitor, site, user, visitor, ?3 FROM users WHERE user = ?1 AND site = ?2 ON CONFLICT DO NOTHING`,
    )
    .bind(user, site, nowMs);

const selectAliases = `SELECT found.visitor, found.site, found.canonical FROM json_each(?1) AS asked
  CROSS JOIN identities AS found ON found.visitor = asked.value ->> 0 AND found.site = asked.value ->> 1
  WHERE found.canonical <> found.visitor`;
const selectErased = `SELECT found.hash FROM json_each(?1) AS asked CROSS JOIN tombstones AS found ON found.hash = asked.value`;

async function fatesOf(db: D1Database, whos: readonly Who[]): Promise<Fates> {
  if (whos.length === 0) return { canonical: new Map(), erased: new Set() };
  const hashes = await Promise.all(whos.map(tombstoneOf));
  const asked = inParameters(whos.map(({ visitor, site }) => JSON.stringify([visitor, site])));
  const askedHashes = inParameters(hashes.map((hash) => JSON.stringify(hash)));
  const results = await db.batch<Record<string, string>>([
    ...asked.map((parameter) => db.prepare(selectAliases).bind(parameter)),
    ...askedHashes.map((parameter) => db.prepare(selectErased).bind(parameter)),
  ]);
  const rows = results.flatMap(({ results: found }) => found);
  const erased = new Set(rows.flatMap(({ hash }) => hash ?? []));
  return {
    canonical: new Map(rows.flatMap(aliasIn)),
    erased: new Set(whos.filter((_, index) => erased.has(hashes[index] ?? "")).map(whoKey)),
  };
}

const aliasIn = ({ visitor, site, canonical }: Record<string, string>): [string, VisitorId][] =>
  canonical === undefined ? [] : [[whoKey({ visitor, site } as unknown as Who), canonical as VisitorId]];
