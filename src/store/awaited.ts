import type { SiteKey, VisitorId } from "../core/ids.ts";
import { inParameters } from "./bulk.ts";
import type { Who } from "./who.ts";

/** Somebody who is waited for, since when. */
export interface AwaitedVisitor extends Who {
  readonly rule: string;
  readonly sinceMs: number;
  readonly dueAtMs: number;
}

/** Who is waited for, in `VISITORS`. The consumer writes the rows, in the batch that takes in what they follow from. */
export interface AwaitedStore {
  /** The next that are due, longest due first. */
  due(nowMs: number, most: number): Promise<AwaitedVisitor[]>;
  /** Those of them of whom an event of the given name is known from `sinceMs` on. */
  came(asked: readonly (AwaitedVisitor & { readonly without: string })[]): Promise<Set<AwaitedVisitor>>;
  /** Ends the waiting, unless it has begun anew meanwhile. */
  done(rows: readonly AwaitedVisitor[]): Promise<void>;
}

interface Row {
  readonly visitor: VisitorId;
  readonly site: SiteKey;
  readonly rule: string;
  readonly since_ms: number;
  readonly due_at_ms: number;
}

const selectDue =
  "SELECT visitor, site, rule, since_ms, due_at_ms FROM awaited WHERE due_at_ms <= ?1 ORDER BY due_at_ms LIMIT ?2";

/**
 * The ledger's key begins with visitor and site, so each question looks through one visitor's events: those of the visitor
 * that they turned out to be.
 */
const selectCame = `SELECT asked.value ->> 0 AS at FROM json_each(?1) AS asked WHERE EXISTS (SELECT 1 FROM events
  WHERE visitor = coalesce((SELECT canonical FROM identities WHERE visitor = asked.value ->> 1 AND site = asked.value ->> 2),
    asked.value ->> 1) AND site = asked.value ->> 2 AND name = asked.value ->> 3 AND at_ms >= asked.value ->> 4)`;

const deleteDone = `DELETE FROM awaited WHERE (visitor, site, rule, since_ms) IN
  (SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?1))`;

export function createAwaitedStore(db: D1Database): AwaitedStore {
  return {
    due: async (nowMs, most) => {
      const { results } = await db.prepare(selectDue).bind(nowMs, most).all<Row>();
      return results.map((row) => ({
        visitor: row.visitor,
        site: row.site,
        rule: row.rule,
        sinceMs: row.since_ms,
        dueAtMs: row.due_at_ms,
      }));
    },
    came: async (asked) => {
      const questions = asked.map(({ visitor, site, without, sinceMs }, at) => [at, visitor, site, without, sinceMs]);
      const found = await Promise.all(
        inParameters(questions.map((question) => JSON.stringify(question))).map((parameter) =>
          db.prepare(selectCame).bind(parameter).all<{ readonly at: number }>(),
        ),
      );
      return new Set(found.flatMap(({ results }) => results.flatMap(({ at }) => asked[at] ?? [])));
    },
    done: async (rows) => {
      const keys = rows.map(({ visitor, site, rule, sinceMs }) => JSON.stringify([visitor, site, rule, sinceMs]));
      for (const parameter of inParameters(keys)) await db.prepare(deleteDone).bind(parameter).run();
    },
  };
}
