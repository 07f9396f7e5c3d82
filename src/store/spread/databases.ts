import { allIn, type RangeMap, rangeOf } from "../../core/visitor-ranges.ts";

/** How old a map may be by which visitors are looked for. Whoever moves visitors waits for longer before they are elsewhere. */
export const mapLifetimeMs = 2_000;

/** The databases that visitors are spread over, by the names of their bindings: `VISITORS`, `VISITORS_1` … */
export interface VisitorDatabases {
  readonly names: readonly string[];
  /** Keeps what is not one visitor's: users, the map, moves, dead letters. */
  readonly first: D1Database;
  readonly all: readonly D1Database[];
  /** @throws for a name that is not bound. */
  named(name: string): D1Database;
  /** Which visitors are where; at most `mapLifetimeMs` old. */
  map(): Promise<RangeMap>;
  /** Reads the map anew next time: somebody was not where it says. */
  forget(): void;
}

/** @param bound the first is the one that is always there. */
export function createVisitorDatabases(
  first: D1Database,
  others: ReadonlyMap<string, D1Database>,
  now: () => number,
): VisitorDatabases {
  const bound = new Map([["VISITORS", first], ...others]);
  let known: { readonly map: RangeMap; readonly atMs: number } | null = null;
  return {
    names: [...bound.keys()],
    first,
    all: [...bound.values()],
    named: (name) => {
      const found = bound.get(name);
      if (found === undefined) throw new Error(`Visitors are in ${name}, which is not bound in wrangler.toml`);
      return found;
    },
    map: async () => {
      if (known !== null && now() - known.atMs < mapLifetimeMs) return known.map;
      const atMs = now();
      known = { map: await readMap(first), atMs };
      return known.map;
    },
    forget: () => {
      known = null;
    },
  };
}

interface PlaceRow {
  readonly start: string;
  readonly database: string;
  readonly is_moving: number;
}

/** The map as it is this moment. */
export async function readMap(first: D1Database): Promise<RangeMap> {
  const { results } = await first
    .prepare("SELECT start, database, is_moving FROM places ORDER BY start")
    .all<PlaceRow>();
  if (results.length === 0) return allIn("VISITORS");
  return results.map(({ start, database, is_moving }) => ({ start, database, isMoving: is_moving === 1 }));
}

/** The database that a visitor is in. */
export async function databaseOf(databases: VisitorDatabases, visitor: string): Promise<D1Database> {
  return databases.named(rangeOf(await databases.map(), visitor).database);
}

/** Things by the database that their visitor is in. */
export async function byDatabase<T>(
  databases: VisitorDatabases,
  things: readonly T[],
  visitorOf: (thing: T) => string,
): Promise<(readonly [D1Database, readonly T[]])[]> {
  const map = await databases.map();
  const parts = Map.groupBy(things, (thing) => rangeOf(map, visitorOf(thing)).database);
  return [...parts].map(([name, own]) => [databases.named(name), own] as const);
}

/** Whether a database refused a row because its visitor is not there any more. */
export const isDeparted = (error: unknown): boolean => String(error).includes("visitor departed");

/** Does something that writes; if somebody had departed, the next look reads the map anew. */
export async function noticing<T>(databases: VisitorDatabases, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isDeparted(error)) databases.forget();
    throw error;
  }
}
