import type { SiteKey, UserId, VisitorId } from "../../core/ids.ts";
import { type Expired, expireRemains, expireVisitors, type RetentionStore } from "../retention.ts";
import type { VisitorDatabases } from "./databases.ts";

const pageUsers = 1_000;
const pagesAtMost = 100;

/** What is deleted because it is old, over several databases. */
export function spreadRetention(databases: VisitorDatabases): RetentionStore {
  return {
    expire: async (site, beforeMs) => {
      const parts: Expired[] = [];
      for (const db of databases.all) parts.push(await expireVisitors(db, site, beforeMs));
      parts.push(await expireUsers(databases, site, beforeMs));
      return { rows: parts.reduce((sum, { rows }) => sum + rows, 0), isMore: parts.some(({ isMore }) => isMore) };
    },
    expireTombstones: async (nowMs) => {
      for (const db of databases.all) await expireRemains(db, nowMs);
    },
  };
}

interface UserRow {
  readonly user: UserId;
  readonly visitor: VisitorId;
}

/** Where a night begins to look: after a month and a half it has been everywhere. */
const beginnings = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
const dayMs = 86_400_000;

/** Users of whom no visitor is left. A night looks through a bounded number of them. */
async function expireUsers(databases: VisitorDatabases, site: SiteKey, beforeMs: number): Promise<Expired> {
  const { first } = databases;
  const page = first.prepare(
    "SELECT user, visitor FROM users WHERE site = ?1 AND created_at_ms < ?2 AND user > ?3 ORDER BY user LIMIT ?4",
  );
  let rows = 0;
  let after = beginnings[Math.floor(beforeMs / dayMs) % beginnings.length] ?? "";
  let turns = 0;
  for (let pages = 0; pages < pagesAtMost; pages += 1) {
    const { results } = await page.bind(site, beforeMs, after, pageUsers).all<UserRow>();
    const gone = await withoutVisitors(databases, site, results);
    const sql = "DELETE FROM users WHERE site = ?1 AND user IN (SELECT value FROM json_each(?2))";
    rows += (await first.prepare(sql).bind(site, JSON.stringify(gone)).run()).meta.changes;
    after = results.at(-1)?.user ?? after;
    if (results.length === pageUsers) continue;
    if (turns > 0) return { rows, isMore: false };
    turns += 1;
    after = "";
  }
  return { rows, isMore: true };
}

/** A user's visitors may be anywhere, so every database is asked whether it knows one. */
async function withoutVisitors(
  { all }: VisitorDatabases,
  site: SiteKey,
  users: readonly UserRow[],
): Promise<readonly UserId[]> {
  const visitors = JSON.stringify(users.map(({ visitor }) => visitor));
  const answers = await Promise.all(
    all.map((db) => db.prepare(selectKnown).bind(site, visitors).all<{ visitor: VisitorId }>()),
  );
  const known = new Set(answers.flatMap(({ results }) => results.map(({ visitor }) => visitor)));
  return users.filter(({ visitor }) => !known.has(visitor)).map(({ user }) => user);
}

const selectKnown = `SELECT asked.value AS visitor FROM json_each(?2) AS asked
  WHERE EXISTS (SELECT 1 FROM identities WHERE canonical = asked.value AND site = ?1)`;
