import { fail, ok, type Result } from "../../core/result.ts";
import { placed, type Span, spansOf } from "../../core/visitor-ranges.ts";
import { clearSpan, copySpan, deleteDeparted, differenceIn, hasDeparted, profilesIn, visitorAfter } from "./copying.ts";
import { mapLifetimeMs, readMap, type VisitorDatabases } from "./databases.ts";
import { close, enter, sendAway, welcome } from "./fences.ts";
import { type Lease, type Move, type Order, openLedger } from "./move-ledger.ts";

/** Why no move was begun. */
export type BeginFailure =
  | { readonly kind: "busy"; readonly move: Move }
  | { readonly kind: "unknown"; readonly name: string; readonly names: readonly string[] }
  | { readonly kind: "same" }
  | { readonly kind: "empty" };

/** How a move stands. `busy`: somebody else is at it this moment. */
export type Progress =
  | { readonly kind: "idle" }
  | { readonly kind: "busy" }
  | { readonly kind: "moved"; readonly rows: number; readonly move: Move | null };

/** Moves visitors from one database to another, a few at a time, while events keep coming in. See docs/scale.md. */
export interface VisitorMoves {
  current(): Promise<Move | null>;
  /** Writes down what is to be moved: a share of a database's visitors, from the end of its last range. Moves nothing yet. */
  begin(order: Order): Promise<Result<Move, BeginFailure>>;
  /**
   * Moves the next thousand. Whatever dies in between, whoever calls again finishes it, and two callers do no harm.
   *
   * @throws when a database fails, or source and target differ afterwards; nothing is lost then, and it may be called again.
   */
  advance(): Promise<Progress>;
  /** Ends the move: what has been moved stays moved, what is on its way goes back. @returns false when there is none, or somebody is at it. */
  stop(): Promise<boolean>;
  /** Deletes rows that have moved away a while ago. @returns rows deleted; call again until it is none. */
  clean(): Promise<number>;
}

export interface MoveParts {
  readonly databases: VisitorDatabases;
  readonly now: () => number;
  readonly wait: (durationMs: number) => Promise<void>;
}

/** Profiles that move at one go. They are not written meanwhile: for a few seconds their messages wait. */
const chunkProfiles = 1_000;
/** Before this, somebody who had read the old map may still be reading where visitors were. */
const graceMs = 60_000;
const cleaningStatements = 50;

export function createVisitorMoves(parts: MoveParts): VisitorMoves {
  const { databases, now } = parts;
  const ledger = openLedger(databases.first);
  return {
    current: ledger.current,
    begin: (order) => begin(order, databases, ledger, now()),
    advance: async () => {
      const lease = await ledger.lease(now());
      if (lease === null) return (await ledger.current()) === null ? { kind: "idle" } : { kind: "busy" };
      try {
        return await moveChunk(lease, parts, ledger);
      } finally {
        databases.forget();
        await ledger.release(lease.token);
      }
    },
    stop: async () => {
      const lease = await ledger.lease(now());
      if (lease === null) return false;
      await turnBack(lease, databases, ledger, now());
      databases.forget();
      return true;
    },
    clean: () => clean(databases, ledger, now()),
  };
}

type Ledger = ReturnType<typeof openLedger>;

async function begin(
  order: Order,
  databases: VisitorDatabases,
  ledger: Ledger,
  nowMs: number,
): Promise<Result<Move, BeginFailure>> {
  const { names } = databases;
  const unknown = [order.source, order.target].find((name) => !names.includes(name));
  if (unknown !== undefined) return fail({ kind: "unknown", name: unknown, names });
  if (order.source === order.target) return fail({ kind: "same" });
  const span = await spanFor(order, databases);
  if (span === null) return fail({ kind: "empty" });
  const { source, target } = order;
  const move: Move = {
    source,
    target,
    at: span.start,
    until: span.until,
    isOpen: false,
    chunkUntil: null,
    moved: 0,
    sinceMs: nowMs,
  };
  if (await ledger.begin(move)) return ok(move);
  const current = await ledger.current();
  return current === null ? begin(order, databases, ledger, nowMs) : fail({ kind: "busy", move: current });
}

/** The end of the source's last range that holds somebody, as many as the share of all in the source asks for. */
async function spanFor({ source, shareBps }: Order, databases: VisitorDatabases): Promise<Span | null> {
  const db = databases.named(source);
  const spans = spansOf(await readMap(databases.first), source);
  const counts = await Promise.all(spans.map((span) => profilesIn(db, span)));
  const wanted = Math.ceil((counts.reduce((sum, count) => sum + count, 0) * shareBps) / 10_000);
  const at = counts.findLastIndex((count) => count > 0);
  const span = spans[at];
  if (span === undefined || wanted === 0) return null;
  const staying = (counts[at] ?? 0) - wanted;
  if (staying <= 0) return span;
  const start = await visitorAfter(db, span, staying);
  return { start: start ?? span.start, until: span.until };
}

async function moveChunk({ token, move }: Lease, parts: MoveParts, ledger: Ledger): Promise<Progress> {
  const { databases, now, wait } = parts;
  const [source, target] = [databases.named(move.source), databases.named(move.target)];
  const chunk = await openChunk({ token, move }, source, databases, ledger);
  const goneSinceMs = now();
  await enter({ db: source, token }, false);
  await sendAway({ db: source, token }, chunk);
  await enter({ db: target, token }, true);
  await welcome({ db: target, token }, chunk);
  await clearSpan(target, chunk, token);
  const rows = await copySpan(source, target, chunk, token);
  const different = await differenceIn(source, target, chunk);
  if (different !== null) throw new Error(`The copies of ${different} differ; nothing was switched`);
  // Nobody may read by a map on which they have not begun to move when they are elsewhere.
  await wait(Math.max(0, goneSinceMs + 2 * mapLifetimeMs - now()));
  await close({ db: target, token });
  const map = placed(await readMap(databases.first), chunk, move.target, false);
  const isDone = chunk.until === move.until;
  const next: Move = { ...move, at: chunk.until ?? move.at, isOpen: false, chunkUntil: null, moved: move.moved + rows };
  const leftover = { database: move.source, ...chunk, sinceMs: now() };
  if (!(await ledger.write(token, isDone ? null : next, map, leftover)))
    throw new Error("Somebody else is moving visitors now");
  return { kind: "moved", rows, move: isDone ? null : next };
}

/** The chunk that somebody has begun, or the next. From then on the map says that they are moving. */
async function openChunk(
  { token, move }: Lease,
  source: D1Database,
  databases: VisitorDatabases,
  ledger: Ledger,
): Promise<Span> {
  const rest = { start: move.at, until: move.until };
  const until = move.isOpen ? move.chunkUntil : ((await visitorAfter(source, rest, chunkProfiles)) ?? move.until);
  const chunk = { start: move.at, until };
  const map = placed(await readMap(databases.first), chunk, move.source, true);
  if (!(await ledger.write(token, { ...move, isOpen: true, chunkUntil: until }, map)))
    throw new Error("Somebody else is moving visitors now");
  return chunk;
}

async function turnBack(
  { token, move }: Lease,
  databases: VisitorDatabases,
  ledger: Ledger,
  nowMs: number,
): Promise<void> {
  const map = await readMap(databases.first);
  if (!move.isOpen) {
    await ledger.write(token, null, map);
    return;
  }
  const chunk = { start: move.at, until: move.chunkUntil };
  const [source, target] = [databases.named(move.source), databases.named(move.target)];
  await enter({ db: target, token }, false);
  await sendAway({ db: target, token }, chunk);
  await enter({ db: source, token }, false);
  await welcome({ db: source, token }, chunk);
  const leftover = { database: move.target, ...chunk, sinceMs: nowMs };
  await ledger.write(token, null, placed(map, chunk, move.source, false), leftover);
}

async function clean(databases: VisitorDatabases, ledger: Ledger, nowMs: number): Promise<number> {
  let rows = 0;
  for (const { id, database, ...span } of await ledger.leftovers(nowMs - graceMs)) {
    const db = databases.named(database);
    const deleted = await deleteDeparted(db, span, cleaningStatements);
    rows += deleted;
    if (deleted === 0 || !(await hasDeparted(db, span))) await ledger.forget(id);
    if (rows > 0) return rows;
  }
  return rows;
}
