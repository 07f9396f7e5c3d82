import type { Known, Learnt, LedgerExposure } from "../core/absorb.ts";
import { exposureKey } from "../core/absorb.ts";
import { everyPurpose, purposeBits, purposesOfBits } from "../core/consent.ts";
import type { ReleaseId, SiteKey, UserId, VisitorId } from "../core/ids.ts";
import { canonicalJson, type Json } from "../core/json.ts";
import { emptyProfile, type Profile } from "../core/profile.ts";
import { inParameters } from "./bulk.ts";
import { parseProfile } from "./profile-json.ts";
import { tombstoneOf } from "./tombstone.ts";
import { type Who, whoKey } from "./who.ts";

/** What to look up in the ledger. */
export interface Question extends Who {
  readonly eventIds: readonly string[];
  readonly exposures: readonly Pick<LedgerExposure, "experience" | "version">[];
}

/** The profile, and what of the question is known, at one moment. `version` is 0 for a visitor nothing is known of. */
export interface VisitorState extends Who {
  readonly version: number;
  readonly profile: Profile;
  readonly known: Known;
}

/** What shall be true after `version` of the visitor's. */
export interface VisitorChange extends Who {
  readonly version: number;
  readonly profile: Profile;
  readonly learnt: Learnt;
}

/**
 * Everything about visitors in D1. Ledger, exposures and profile of a visitor change together, or not at all, and only from
 * the version that was read: so a repeat, a crash and a race all leave what one careful writer would have left.
 */
export interface VisitorStore {
  /** One state for each question, in order; all from one moment. */
  read(questions: readonly Question[]): Promise<VisitorState[]>;
  /** @returns the `whoKey` of those that took effect. The others were changed by someone else since they were read. */
  write(changes: readonly VisitorChange[], nowMs: number): Promise<Set<string>>;
}

export function createVisitorStore(db: D1Database): VisitorStore {
  return {
    read: (questions) => readStates(db, questions),
    write: (changes, nowMs) => writeChanges(db, changes, nowMs),
  };
}

interface WhoRow {
  readonly visitor: VisitorId;
  readonly site: SiteKey;
}
interface ProfileRow extends WhoRow {
  readonly version: number;
  readonly profile: string;
}
interface EventRow extends WhoRow {
  readonly id: string;
}
interface ExposureRow extends WhoRow {
  readonly experience: string;
  readonly version: number;
  readonly user: UserId | null;
  readonly variant: string;
  readonly release: ReleaseId;
  readonly propensity_bps: number;
  readonly route: string;
  readonly at_ms: number;
  readonly sticky: number;
  readonly purposes: number;
}

/** CROSS JOIN keeps SQLite from turning the loops around: a few keys outside, an index lookup inside. */
const joinOf = (table: string, ...columns: readonly string[]): string =>
  `FROM json_each(?1) AS asked CROSS JOIN ${table} AS found
   ON ${["visitor", "site", ...columns].map((column, index) => `found.${column} = asked.value ->> ${index}`).join(" AND ")}`;

const selectProfiles = `SELECT found.visitor, found.site, found.version, found.profile ${joinOf("profiles")}`;
const selectEvents = `SELECT found.visitor, found.site, found.id ${joinOf("events", "id")}`;
const selectExposures = `SELECT found.* ${joinOf("exposures", "experience", "version")}`;

async function readStates(db: D1Database, questions: readonly Question[]): Promise<VisitorState[]> {
  const ask = (sql: string, keys: readonly Json[]) =>
    inParameters(keys.map((key) => JSON.stringify(key))).map((parameter) => db.prepare(sql).bind(parameter));
  const profiles = ask(
    selectProfiles,
    questions.map(({ visitor, site }) => [visitor, site]),
  );
  const events = ask(
    selectEvents,
    questions.flatMap(({ visitor, site, eventIds }) => eventIds.map((id) => [visitor, site, id])),
  );
  const exposures = ask(
    selectExposures,
    questions.flatMap(({ visitor, site, exposures }) =>
      exposures.map(({ experience, version }) => [visitor, site, experience, version]),
    ),
  );
  if (profiles.length === 0) return [];
  const results = await db.batch([...profiles, ...events, ...exposures]);
  const rows = results.map(({ results }) => results);
  const afterEvents = profiles.length + events.length;
  return statesOf(
    questions,
    rows.slice(0, profiles.length).flat() as ProfileRow[],
    rows.slice(profiles.length, afterEvents).flat() as EventRow[],
    rows.slice(afterEvents).flat() as ExposureRow[],
  );
}

function statesOf(
  questions: readonly Question[],
  profiles: readonly ProfileRow[],
  events: readonly EventRow[],
  exposures: readonly ExposureRow[],
): VisitorState[] {
  const profileOf = new Map(profiles.map((row) => [whoKey(row), row]));
  const eventsOf = Map.groupBy(events, whoKey);
  const exposuresOf = Map.groupBy(exposures, whoKey);
  return questions.map(({ visitor, site }) => {
    const key = whoKey({ visitor, site });
    const row = profileOf.get(key);
    return {
      visitor,
      site,
      version: row?.version ?? 0,
      profile: row ? profileOfRow(row) : emptyProfile,
      known: {
        eventIds: new Set(eventsOf.get(key)?.map(({ id }) => id)),
        exposures: new Map(exposuresOf.get(key)?.map((found) => [exposureKey(found), exposureOf(found)])),
      },
    };
  });
}

/** Going on with an empty profile would overwrite what is there. */
function profileOfRow({ profile }: ProfileRow): Profile {
  const parsed = parseProfile(profile);
  if (parsed === null)
    throw new Error("A profile in D1 can't be read: not JSON, or of a shape this version doesn't know");
  return parsed;
}

const exposureOf = (row: ExposureRow): LedgerExposure => ({
  experience: row.experience,
  version: row.version,
  user: row.user,
  variant: row.variant,
  release: row.release,
  propensityBps: row.propensity_bps,
  route: row.route,
  atMs: row.at_ms,
  sticky: row.sticky === 1,
  purposes: purposesOfBits(row.purposes),
});

/** The first four members of every row sent: who, the version that must still be theirs, and the tombstone that must not be there. */
const unchanged = `coalesce((SELECT version FROM profiles
  WHERE visitor = value ->> 0 AND site = value ->> 1), 0) = value ->> 2
  AND NOT EXISTS (SELECT 1 FROM tombstones WHERE hash = value ->> 3)`;

const columns = (from: number, count: number): string =>
  Array.from({ length: count }, (_, index) => `value ->> ${from + index}`).join(", ");

// No ON CONFLICT: the version proves that none of these ids is there. If one were, failing loudly beats counting it twice.
const insertEvents = `INSERT INTO events (visitor, site, id, user, name, at_ms, value, props, source, purposes, stored_at_ms)
  SELECT ${columns(0, 2)}, ${columns(4, 8)}, ?2 FROM json_each(?1) WHERE ${unchanged}`;

const upsertExposures = `INSERT INTO exposures
  (visitor, site, experience, version, user, variant, release, propensity_bps, route, at_ms, sticky, purposes, stored_at_ms)
  SELECT ${columns(0, 2)}, ${columns(4, 10)}, ?2 FROM json_each(?1) WHERE ${unchanged}
  ON CONFLICT (visitor, site, experience, version) DO UPDATE SET user = excluded.user, variant = excluded.variant,
    release = excluded.release, propensity_bps = excluded.propensity_bps, route = excluded.route,
    at_ms = excluded.at_ms, sticky = excluded.sticky, purposes = excluded.purposes, stored_at_ms = excluded.stored_at_ms`;

/** Comes last in its batch: it is what ends the version that the others compare. */
const upsertProfiles = `INSERT INTO profiles (visitor, site, version, profile, created_at_ms, updated_at_ms)
  SELECT ${columns(0, 2)}, value ->> 2 + 1, value ->> 4, ?2, ?2 FROM json_each(?1) WHERE ${unchanged}
  ON CONFLICT (visitor, site) DO UPDATE SET version = excluded.version, profile = excluded.profile,
    updated_at_ms = excluded.updated_at_ms
  RETURNING visitor, site`;

async function writeChanges(db: D1Database, changes: readonly VisitorChange[], nowMs: number): Promise<Set<string>> {
  const send = (sql: string, rows: readonly (readonly Json[])[]) =>
    inParameters(rows.map((row) => JSON.stringify(row))).map((parameter) => db.prepare(sql).bind(parameter, nowMs));
  const marked = await Promise.all(
    changes.map(async (change) => ({ ...change, tombstone: await tombstoneOf(change) })),
  );
  const profiles = send(upsertProfiles, marked.map(profileCells));
  if (profiles.length === 0) return new Set();
  const results = await db.batch<WhoRow>([
    ...send(insertEvents, marked.flatMap(eventCells)),
    ...send(upsertExposures, marked.flatMap(exposureCells)),
    ...profiles,
  ]);
  return new Set(results.slice(-profiles.length).flatMap(({ results }) => results.map(whoKey)));
}

/** A change with the tombstone its visitor would have. */
interface Marked extends VisitorChange {
  readonly tombstone: string;
}

const profileCells = ({ visitor, site, version, tombstone, profile }: Marked): Json[] => [
  visitor,
  site,
  version,
  tombstone,
  canonicalJson(profile as unknown as Json),
];

const eventCells = ({ visitor, site, version, tombstone, learnt }: Marked): Json[][] =>
  learnt.events.map(({ id, user, name, atMs, value, props, source, purposes }) => {
    const bits = purposeBits(purposes ?? everyPurpose);
    return [visitor, site, version, tombstone, id, user, name, atMs, value, JSON.stringify(props), source, bits];
  });

const exposureCells = ({ visitor, site, version, tombstone, learnt }: Marked): Json[][] =>
  learnt.exposures.map(({ experience, version: of, user, variant, release, propensityBps, route, atMs, ...rest }) => {
    const bits = purposeBits(rest.purposes ?? everyPurpose);
    const cells = [experience, of, user, variant, release, propensityBps, route, atMs, rest.sticky ? 1 : 0, bits];
    return [visitor, site, version, tombstone, ...cells];
  });
