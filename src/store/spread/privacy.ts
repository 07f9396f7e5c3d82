import type { SiteKey, VisitorId } from "../../core/ids.ts";
import { rangeOf } from "../../core/visitor-ranges.ts";
import {
  copiesOf,
  createPrivacyStore,
  eraseIn,
  type HeldRows,
  type Holdings,
  type PrivacyStore,
  rowsOf,
} from "../privacy.ts";
import type { ProfileStore } from "../profiles.ts";
import type { Who } from "../who.ts";
import { byDatabase, databaseOf, noticing, type VisitorDatabases } from "./databases.ts";

type Copies = Pick<ProfileStore, "readCopy" | "deleteCopy">;

/** What visitors may ask for, over several databases. A person's visitors may be in different ones. */
export function spreadPrivacy(databases: VisitorDatabases, profiles: Copies): PrivacyStore {
  return {
    setConsent: (who, purposes, atMs) =>
      noticing(databases, async () =>
        createPrivacyStore(await databaseOf(databases, who.visitor), profiles).setConsent(who, purposes, atMs),
      ),
    consents: async (whos) => {
      const parts = await byDatabase(databases, whos, ({ visitor }) => visitor);
      const said = await Promise.all(parts.map(([db, own]) => createPrivacyStore(db, profiles).consents(own)));
      return new Map(said.flatMap((some) => [...some]));
    },
    holdings: (who) => holdingsOf(databases, who, profiles),
    erase: (who, nowMs) => erase(databases, who, profiles, nowMs),
  };
}

/** Asks every database: an identity may just be moving, and then two tell of it. */
async function visitorsOf(databases: VisitorDatabases, { visitor, site }: Who): Promise<VisitorId[]> {
  const ask = async (sql: string, what: string): Promise<string[]> => {
    const found = await Promise.all(
      databases.all.map((db) => db.prepare(sql).bind(site, what).all<{ found: string }>()),
    );
    return found.flatMap(({ results }) => results.map((row) => row.found));
  };
  const canonicals = await ask("SELECT canonical AS found FROM identities WHERE site = ?1 AND visitor = ?2", visitor);
  const others = await ask(
    `SELECT visitor AS found FROM identities WHERE site = ?1 AND canonical IN (SELECT value FROM json_each(?2))`,
    JSON.stringify(canonicals),
  );
  return [...new Set([visitor, ...others])] as VisitorId[];
}

async function holdingsOf(databases: VisitorDatabases, who: Who, profiles: Copies): Promise<Holdings> {
  const visitors = await visitorsOf(databases, who);
  databases.forget(); // rows that have moved away may not be deleted yet: only the map of this moment tells them apart
  const parts = await byDatabase(databases, visitors, (visitor) => visitor);
  const held = await Promise.all(parts.map(([db, own]) => rowsOf(db, { visitors: own, site: who.site })));
  const shared = await sharedRows(databases, visitors, who.site);
  return {
    visitors,
    ...together([...held.map(withoutShared), shared]),
    copies: await copiesOf({ visitors, site: who.site }, profiles),
  };
}

/** What stands in the first database, wherever the visitors are. */
async function sharedRows(
  { first }: VisitorDatabases,
  visitors: readonly VisitorId[],
  site: SiteKey,
): Promise<HeldRows> {
  const { users, deadLetters } = await rowsOf(first, { visitors, site });
  return { ...nothingHeld, users, deadLetters };
}

const withoutShared = (rows: HeldRows): HeldRows => ({ ...rows, users: [], deadLetters: [] });

const nothingHeld: HeldRows = {
  users: [],
  identities: [],
  consents: [],
  awaited: [],
  profiles: [],
  exposures: [],
  events: [],
  handovers: [],
  receipts: [],
  deadLetters: [],
};

const together = (parts: readonly HeldRows[]): HeldRows =>
  parts.reduce(
    (all, part) =>
      Object.fromEntries(
        (Object.keys(all) as (keyof HeldRows)[]).map((name) => [name, [...all[name], ...part[name]]]),
      ) as unknown as HeldRows,
    nothingHeld,
  );

/**
 * In every database, wherever the map says they are: so nothing that is being moved comes back. Identities go last, and those beside
 * the visitor who asks last of all: should it die in between, whoever asks again still finds the whole person.
 */
async function erase(databases: VisitorDatabases, who: Who, profiles: Copies, nowMs: number): Promise<void> {
  const { site } = who;
  const visitors = await visitorsOf(databases, who);
  for (const db of databases.all) await eraseIn(db, { visitors, site }, nowMs, ["identities"]);
  await Promise.all(visitors.map((visitor) => profiles.deleteCopy(visitor, site)));
  const own = databases.named(rangeOf(await databases.map(), who.visitor).database);
  const order = databases.all.toSorted((one, other) => Number(one === own) - Number(other === own));
  for (const db of order) await eraseIn(db, { visitors, site }, nowMs);
}
