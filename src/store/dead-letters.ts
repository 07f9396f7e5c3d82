import { isObject, type Json } from "../core/json.ts";
import { parseJson } from "./parse-json.ts";
import { tombstoneOf } from "./tombstone.ts";
import type { Who } from "./who.ts";

/** A message that could not be taken in. */
export interface DeadLetter {
  /** SHA-256 of the body: the same message is one letter, however often it comes. */
  readonly id: string;
  readonly site: string;
  readonly visitor: string | null;
  readonly body: Json;
  readonly reason: string;
  readonly times: number;
  readonly atMs: number;
}

/** `erased`: of somebody who was erased, so nothing of it is kept. `full`: there is no room; it must stay in its queue. */
export type Kept = "kept" | "erased" | "full";

/** Letters that are kept at most. A message has at most 128 KB. */
export const mostDeadLetters = 10_000;

/** Messages that could not be taken in, in `VISITORS`, until somebody sends them again or four weeks have passed. */
export interface DeadLetterStore {
  keep(body: unknown, reason: string, nowMs: number): Promise<Kept>;
  /** A site's, oldest first, of those that came until `untilMs`. */
  list(site: string, untilMs: number, most: number): Promise<DeadLetter[]>;
  count(site: string): Promise<number>;
  /** Removes letters as they were read: one that has come again since stays. */
  remove(letters: readonly Pick<DeadLetter, "id" | "times">[]): Promise<void>;
}

interface Row {
  readonly id: string;
  readonly site: string;
  readonly visitor: string | null;
  readonly body: string;
  readonly reason: string;
  readonly times: number;
  readonly at_ms: number;
}

export function createDeadLetterStore(db: D1Database): DeadLetterStore {
  return {
    keep: (body, reason, nowMs) => keep(db, body, reason, nowMs),
    list: async (site, untilMs, most) => {
      const sql = "SELECT * FROM dead_letters WHERE site = ?1 AND at_ms <= ?2 ORDER BY at_ms, id LIMIT ?3";
      const { results } = await db.prepare(sql).bind(site, untilMs, most).all<Row>();
      return results.map(({ at_ms, body, ...row }) => ({ ...row, body: parseJson(body) as Json, atMs: at_ms }));
    },
    count: async (site) =>
      (await db
        .prepare("SELECT count(*) AS count FROM dead_letters WHERE site = ?1")
        .bind(site)
        .first<number>("count")) ?? 0,
    remove: async (letters) => {
      const sql = `DELETE FROM dead_letters WHERE (id, times) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?1))`;
      await db
        .prepare(sql)
        .bind(JSON.stringify(letters.map(({ id, times }) => [id, times])))
        .run();
    },
  };
}

const insert = `INSERT INTO dead_letters (id, site, visitor, body, reason, times, at_ms)
  SELECT ?1, ?2, ?3, ?4, ?5, 1, ?6 WHERE NOT EXISTS (SELECT 1 FROM tombstones WHERE hash = ?7)
    AND ((SELECT count(*) FROM dead_letters) < ?8 OR EXISTS (SELECT 1 FROM dead_letters WHERE id = ?1))
  ON CONFLICT (id) DO UPDATE SET times = times + 1, reason = excluded.reason, at_ms = excluded.at_ms`;

const reasonCharacters = 500;

async function keep(db: D1Database, body: unknown, reason: string, nowMs: number): Promise<Kept> {
  const text = JSON.stringify(body) ?? "null";
  const { site, visitor } = named(body);
  const hash = await tombstoneOf({ site, visitor: visitor ?? "" } as Who);
  const cells = [
    await sha256(text),
    site,
    visitor,
    text,
    reason.slice(0, reasonCharacters),
    nowMs,
    hash,
    mostDeadLetters,
  ];
  const results = await db.batch<{ hash: string }>([
    db.prepare(insert).bind(...cells),
    db.prepare("SELECT hash FROM tombstones WHERE hash = ?1").bind(hash),
  ]);
  if ((results[1]?.results.length ?? 0) > 0) return "erased";
  return (results[0]?.meta.changes ?? 0) > 0 ? "kept" : "full";
}

/** Whose it is, as far as a message says that we may not be able to read otherwise. */
function named(body: unknown): { readonly site: string; readonly visitor: string | null } {
  if (!isObject(body)) return { site: "", visitor: null };
  const { site, visitor } = body;
  return { site: typeof site === "string" ? site : "", visitor: typeof visitor === "string" ? visitor : null };
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
