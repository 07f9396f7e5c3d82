import type { RangeMap, Span } from "../../core/visitor-ranges.ts";
import { parseJson } from "../parse-json.ts";

/** What is to be moved: a share of the visitors in `source`. */
export interface Order {
  readonly source: string;
  readonly target: string;
  readonly shareBps: number;
}

/** A move, and how far it has come: everybody before `at` has been moved. */
export interface Move {
  readonly source: string;
  readonly target: string;
  readonly at: string;
  readonly until: string | null;
  /** From `at` to `chunkUntil` they are on their way this moment. */
  readonly isOpen: boolean;
  readonly chunkUntil: string | null;
  /** Rows moved so far. */
  readonly moved: number;
  readonly sinceMs: number;
}

/** The right to go on with a move. */
export interface Lease {
  readonly token: number;
  readonly move: Move;
}

interface Leftover extends Span {
  readonly database: string;
  readonly sinceMs: number;
}

/** After this somebody who has said nothing is taken for dead. */
const leaseMs = 120_000;
const leftoversAtOnce = 20;

const isMine = "EXISTS (SELECT 1 FROM moves WHERE id = 1 AND token = ?1)";

/** Where it is written down how a move stands, and which visitors are where: in the first database, both in one batch. */
export function openLedger(db: D1Database) {
  return {
    current: async (): Promise<Move | null> =>
      moveIn(await db.prepare("SELECT move FROM moves WHERE id = 1").first<string>("move")),

    /** @returns false when there is one already. */
    begin: async (move: Move): Promise<boolean> => {
      const sql = `INSERT INTO moves (id, token, leased_until_ms, move) VALUES (1, 1, 0, ?1)
        ON CONFLICT (id) DO UPDATE SET move = excluded.move, token = token + 1 WHERE moves.move IS NULL`;
      return (await db.prepare(sql).bind(JSON.stringify(move)).run()).meta.changes > 0;
    },

    /** `null`: there is no move, or somebody is at it. */
    lease: async (nowMs: number): Promise<Lease | null> => {
      const sql = `UPDATE moves SET token = token + 1, leased_until_ms = ?2
        WHERE id = 1 AND leased_until_ms < ?1 AND move IS NOT NULL RETURNING token, move`;
      const row = await db
        .prepare(sql)
        .bind(nowMs, nowMs + leaseMs)
        .first<{ token: number; move: string }>();
      const move = moveIn(row?.move ?? null);
      return row === null || move === null ? null : { token: row.token, move };
    },

    release: async (token: number): Promise<void> => {
      await db.prepare("UPDATE moves SET leased_until_ms = 0 WHERE id = 1 AND token = ?1").bind(token).run();
    },

    /** How the move stands now (`null`: it is over), and the map. @returns false when somebody else has taken over. */
    write: async (token: number, move: Move | null, map: RangeMap, leftover?: Leftover): Promise<boolean> => {
      const rows = map.map(({ start, database, isMoving }) => [start, database, Number(isMoving)]);
      const insert = `INSERT INTO places (start, database, is_moving)
        SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?2) WHERE ${isMine}`;
      const left = `INSERT INTO leftovers (database, start, until, since_ms) SELECT ?2, ?3, ?4, ?5 WHERE ${isMine}`;
      const results = await db.batch([
        db.prepare(`DELETE FROM places WHERE ${isMine}`).bind(token),
        db.prepare(insert).bind(token, JSON.stringify(rows)),
        ...(leftover === undefined
          ? []
          : [db.prepare(left).bind(token, leftover.database, leftover.start, leftover.until, leftover.sinceMs)]),
        db.prepare("UPDATE moves SET move = ?2 WHERE id = 1 AND token = ?1").bind(token, move && JSON.stringify(move)),
      ]);
      return (results.at(-1)?.meta.changes ?? 0) > 0;
    },

    /** Spans whose rows may be deleted. */
    leftovers: async (beforeMs: number): Promise<(Leftover & { readonly id: number })[]> => {
      const sql = `SELECT id, database, start, until, since_ms AS sinceMs FROM leftovers WHERE since_ms < ?1
        ORDER BY id LIMIT ${leftoversAtOnce}`;
      return (await db.prepare(sql).bind(beforeMs).all<Leftover & { readonly id: number }>()).results;
    },

    forget: async (id: number): Promise<void> => {
      await db.prepare("DELETE FROM leftovers WHERE id = ?1").bind(id).run();
    },
  };
}

const moveIn = (text: string | null): Move | null => (text === null ? null : (parseJson(text) as Move | null));
