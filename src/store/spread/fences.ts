import { joined, type Span, without } from "../../core/visitor-ranges.ts";

/** Who lets visitors of a database go, or in. A later one's token is higher; from then on the earlier one can do nothing any more. */
export interface Mover {
  readonly db: D1Database;
  readonly token: number;
}

/** @throws when somebody with a higher token has come. */
export async function enter({ db, token }: Mover, isOpen: boolean): Promise<void> {
  const sql = `INSERT INTO movers (id, token, is_open) VALUES (1, ?1, ?2)
    ON CONFLICT (id) DO UPDATE SET token = excluded.token, is_open = excluded.is_open WHERE movers.token <= excluded.token`;
  const { meta } = await db.prepare(sql).bind(token, Number(isOpen)).run();
  if (meta.changes === 0) throw new Error("Somebody else is moving visitors now");
}

/** Lets nothing in any more. @throws when somebody else has come: what was let in is not to be relied on. */
export async function close({ db, token }: Mover): Promise<void> {
  const sql = "UPDATE movers SET is_open = 0 WHERE id = 1 AND token = ?1 AND is_open = 1";
  if ((await db.prepare(sql).bind(token).run()).meta.changes === 0)
    throw new Error("Somebody else is moving visitors now");
}

/** From now on the database refuses every row of these visitors. */
export const sendAway = (mover: Mover, span: Span): Promise<void> => rewrite(mover, (spans) => joined(spans, span));

/** From now on it takes them. */
export const welcome = (mover: Mover, span: Span): Promise<void> => rewrite(mover, (spans) => without(spans, span));

async function rewrite({ db, token }: Mover, change: (spans: readonly Span[]) => readonly Span[]): Promise<void> {
  const { results } = await db.prepare("SELECT start, until FROM departed ORDER BY start").all<Span>();
  const isMine = "EXISTS (SELECT 1 FROM movers WHERE id = 1 AND token = ?1)";
  const spans = change(results).map(({ start, until }) => [start, until]);
  const insert = `INSERT INTO departed (start, until) SELECT value ->> 0, value ->> 1 FROM json_each(?2) WHERE ${isMine}`;
  const deleted = db.prepare(`DELETE FROM departed WHERE ${isMine}`).bind(token);
  await db.batch([deleted, db.prepare(insert).bind(token, JSON.stringify(spans))]);
}
