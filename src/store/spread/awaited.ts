import { type AwaitedStore, createAwaitedStore } from "../awaited.ts";
import { whoKey } from "../who.ts";
import { byDatabase, type VisitorDatabases } from "./databases.ts";
import { spreadIdentities } from "./identities.ts";

/** Who is waited for, over several databases. Rows that are being moved may be told of twice: their event has one id. */
export function spreadAwaited(databases: VisitorDatabases): AwaitedStore {
  const stores = databases.all.map(createAwaitedStore);
  return {
    due: async (nowMs, most) => {
      const found = await Promise.all(stores.map((store) => store.due(nowMs, most)));
      return found
        .flat()
        .toSorted((one, other) => one.dueAtMs - other.dueAtMs)
        .slice(0, most);
    },
    came: async (asked) => {
      const { canonical } = await spreadIdentities(databases).fates(asked);
      // What they did since they turned out to be somebody is told of where that somebody is.
      const people = asked.map((one) => ({
        one,
        person: { ...one, visitor: canonical.get(whoKey(one)) ?? one.visitor },
      }));
      const parts = await byDatabase(databases, people, ({ person }) => person.visitor);
      const found = await Promise.all(
        parts.map(async ([db, own]) => {
          const came = await createAwaitedStore(db).came(own.map(({ person }) => person));
          return own.flatMap(({ one, person }) => (came.has(person) ? [one] : []));
        }),
      );
      return new Set(found.flat());
    },
    done: async (rows) => {
      for (const store of stores) await store.done(rows);
    },
  };
}
