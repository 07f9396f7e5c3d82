import { rangeOf } from "../../core/visitor-ranges.ts";
import { createVisitorStore, type VisitorStore } from "../visitors.ts";
import { byDatabase, isDeparted, type VisitorDatabases } from "./databases.ts";

/** Profiles and ledgers over several databases: each visitor's in one, so that what changes together is still one batch. */
export function spreadVisitors(databases: VisitorDatabases): VisitorStore {
  return {
    read: async (questions) => {
      const numbered = questions.map((question, at) => ({ question, at }));
      const parts = await byDatabase(databases, numbered, ({ question }) => question.visitor);
      const found = await Promise.all(
        parts.map(async ([db, own]) => {
          const states = await createVisitorStore(db).read(own.map(({ question }) => question));
          return states.map((state, index) => ({ state, at: own[index]?.at ?? 0 }));
        }),
      );
      return found
        .flat()
        .toSorted((one, other) => one.at - other.at)
        .map(({ state }) => state);
    },
    write: async (changes, nowMs) => {
      const parts = await byDatabase(databases, changes, ({ visitor }) => visitor);
      const written = await Promise.all(
        parts.map(([db, own]) =>
          createVisitorStore(db)
            .write(own, nowMs)
            .catch((error: unknown) => lost(databases, error)),
        ),
      );
      return new Set(written.flatMap((keys) => [...keys]));
    },
  };
}

/** Whoever has departed was changed by somebody else: what is tried again looks where they are now. */
function lost(databases: VisitorDatabases, error: unknown): Set<string> {
  if (!isDeparted(error)) throw error;
  databases.forget();
  return new Set();
}

/** Where a visitor is: who shares a database, and whether they may be written at all. */
interface Place {
  readonly database: string;
  readonly isMoving: boolean;
}

/** Where a visitor is, by one reading of the map. */
export type PlaceOf = (visitor: string) => Place;

export const placesOf = (databases: VisitorDatabases) => async (): Promise<PlaceOf> => {
  const map = await databases.map();
  return (visitor) => rangeOf(map, visitor);
};
