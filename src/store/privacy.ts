import type { Purposes } from "../core/consent.ts";
import type { SiteKey, VisitorId } from "../core/ids.ts";
import type { Json } from "../core/json.ts";
import { inParameters } from "./bulk.ts";
import { parseJson } from "./parse-json.ts";
import type { ProfileStore } from "./profiles.ts";
import { tombstoneOf } from "./tombstone.ts";
import { type Who, whoKey } from "./who.ts";

/** Everything that is held of one person: all visitors that turned out to be them. */
export interface Holdings {
  readonly visitors: readonly VisitorId[];
  readonly users: readonly Json[];
  readonly identities: readonly Json[];
  readonly consents: readonly Json[];
  /** What is waited for: an order after a basket. */
  readonly awaited: readonly Json[];
  readonly profiles: readonly Json[];
  readonly exposures: readonly Json[];
  readonly events: readonly Json[];
  /** On its way to the visitor that they turned out to be, and what has come to them so. */
  readonly handovers: readonly Json[];
  readonly receipts: readonly Json[];
  /** Messages that could not be taken in yet. */
  readonly deadLetters: readonly Json[];
  /** The copies near the visitor. */
  readonly copies: readonly Json[];
}

/** What the tables of a database show of somebody. */
export type HeldRows = Omit<Holdings, "visitors" | "copies">;

/** What visitors may ask for: that their word is kept, to see everything, and to be forgotten. */
export interface PrivacyStore {
  /** Keeps what a visitor said last, whatever the order in which it arrives. */
  setConsent(who: Who, purposes: Purposes, atMs: number): Promise<void>;
  /** By `whoKey`; only those who have said something. */
  consents(whos: readonly Who[]): Promise<Map<string, Purposes>>;
  /** Everything held of the person that the visitor is. */
  holdings(who: Who): Promise<Holdings>;
  /**
   * Removes all of that, and leaves tombstones, so that what is still on its way is dropped. Repeating it changes nothing.
   *
   * @throws when D1 or KV failed: then some may be gone and some not, and it must be asked for again.
   */
  erase(who: Who, nowMs: number): Promise<void>;
}

export function createPrivacyStore(
  db: D1Database,
  profiles: Pick<ProfileStore, "readCopy" | "deleteCopy">,
): PrivacyStore {
  return {
    setConsent: async ({ visitor, site }, { analytics, personalization }, atMs) => {
      await db.prepare(upsertConsent).bind(visitor, site, Number(analytics), Number(personalization), atMs).run();
    },
    consents: (whos) => consentsOf(db, whos),
    holdings: (who) => holdingsOf(db, who, profiles),
    erase: (who, nowMs) => erase(db, who, profiles, nowMs),
  };
}

const upsertConsent = `INSERT INTO consents (visitor, site, analytics, personalization, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)
  ON CONFLICT (visitor, site) DO UPDATE SET analytics = excluded.analytics, personalization = excluded.personalization,
    at_ms = excluded.at_ms WHERE excluded.at_ms >= consents.at_ms`;

interface ConsentRow extends Who {
  readonly analytics: number;
  readonly personalization: number;
}

const selectConsents = `SELECT found.* FROM json_each(?1) AS asked
  CROSS JOIN consents AS found ON found.visitor = asked.value ->> 0 AND found.site = asked.value ->> 1`;

async function consentsOf(db: D1Database, whos: readonly Who[]): Promise<Map<string, Purposes>> {
  const [parameter] = inParameters([...whos].map(({ visitor, site }) => JSON.stringify([visitor, site])));
  if (parameter === undefined) return new Map();
  const { results } = await db.prepare(selectConsents).bind(parameter).all<ConsentRow>();
  return new Map(
    results.map((row) => [whoKey(row), { analytics: row.analytics === 1, personalization: row.personalization === 1 }]),
  );
}

/** The visitors of a person: the one asked about, and all whose canonical visitor is the same. */
const person = `SELECT ?1 AS visitor UNION SELECT visitor FROM identities WHERE site = ?2 AND canonical IN
  (SELECT canonical FROM identities WHERE visitor = ?1 AND site = ?2)`;

async function visitorsOf(db: D1Database, { visitor, site }: Who): Promise<VisitorId[]> {
  const { results } = await db.prepare(person).bind(visitor, site).all<{ visitor: VisitorId }>();
  return results.map((row) => row.visitor);
}

/** Every table that holds something of a visitor, and the member of `Holdings` that shows it. */
const tables = {
  users: "users",
  consents: "consents",
  awaited: "awaited",
  profiles: "profiles",
  exposures: "exposures",
  events: "events",
  handovers: "handovers",
  receipts: "receipts",
  deadLetters: "dead_letters",
  identities: "identities",
} as const satisfies Partial<Record<keyof Holdings, string>>;

/** Which visitors of a site are meant, in one of the databases. */
export interface Erasable {
  readonly visitors: readonly VisitorId[];
  readonly site: SiteKey;
}

/** What one database holds of some visitors, by table. */
export async function rowsOf(db: D1Database, { visitors, site }: Erasable): Promise<HeldRows> {
  const results = await db.batch<Record<string, string | number | null>>(
    Object.values(tables).map((table) =>
      db
        .prepare(`SELECT * FROM ${table} WHERE site = ?2 AND visitor IN (SELECT value FROM json_each(?1))`)
        .bind(JSON.stringify(visitors), site),
    ),
  );
  const rows = (at: number): readonly Json[] => results[at]?.results.map(readable) ?? [];
  return Object.fromEntries(Object.keys(tables).map((name, at) => [name, rows(at)])) as unknown as HeldRows;
}

/** The copies near some visitors. */
export async function copiesOf(
  { visitors, site }: Erasable,
  profiles: Pick<ProfileStore, "readCopy">,
): Promise<readonly Json[]> {
  const copies = await Promise.all(
    visitors.map(async (visitor) => ({ visitor, profile: await profiles.readCopy(visitor, site) })),
  );
  return copies.filter(({ profile }) => profile !== null) as unknown as readonly Json[];
}

async function holdingsOf(db: D1Database, who: Who, profiles: Pick<ProfileStore, "readCopy">): Promise<Holdings> {
  const visitors = await visitorsOf(db, who);
  const own = { visitors, site: who.site };
  return { visitors, ...(await rowsOf(db, own)), copies: await copiesOf(own, profiles) };
}

/** Columns that hold JSON, as JSON. */
const readable = (row: Readonly<Record<string, string | number | null>>): Json =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) =>
      jsonColumns.has(name) && typeof value === "string" ? [name, parseJson(value) ?? value] : [name, value],
    ),
  );

const jsonColumns: ReadonlySet<string> = new Set(["profile", "props", "body"]);

/**
 * Removes what one database holds of some visitors, but for what `spared` names. Tombstones first and with the rest: from then on
 * nothing can be written for these visitors.
 */
export async function eraseIn(
  db: D1Database,
  { visitors, site }: Erasable,
  nowMs: number,
  spared: readonly (typeof tables)[keyof typeof tables][] = [],
): Promise<void> {
  const hashes = await Promise.all(visitors.map((visitor) => tombstoneOf({ visitor, site })));
  await db.batch([
    db
      .prepare(
        "INSERT INTO tombstones (hash, erased_at_ms) SELECT value, ?2 FROM json_each(?1) WHERE true ON CONFLICT DO NOTHING",
      )
      .bind(JSON.stringify(hashes), nowMs),
    ...Object.values(tables)
      .filter((table) => !spared.includes(table))
      .map((table) =>
        db
          .prepare(`DELETE FROM ${table} WHERE site = ?2 AND visitor IN (SELECT value FROM json_each(?1))`)
          .bind(JSON.stringify(visitors), site),
      ),
  ]);
}

async function erase(
  db: D1Database,
  who: Who,
  profiles: Pick<ProfileStore, "deleteCopy">,
  nowMs: number,
): Promise<void> {
  const visitors = await visitorsOf(db, who);
  await eraseIn(db, { visitors, site: who.site }, nowMs);
  await Promise.all(visitors.map((visitor) => profiles.deleteCopy(visitor, who.site)));
}
