import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** `DB`: releases, which of them is live, and how each came about. Nothing here changes a draft. */

const site = text("site").notNull();
/** Who did it: the principal's id, and the name they had then. */
const actor = text("actor").notNull();
const actorName = text("actor_name").notNull();

/** Immutable. `parts` is how many rows of `release_parts` make up its text. */
export const releases = sqliteTable(
  "releases",
  {
    id: text("id").primaryKey(),
    site,
    shape: integer("shape").notNull(),
    parts: integer("parts").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
  },
  (row) => [index("releases_by_site").on(row.site, row.createdAtMs)],
);

/** A release's JSON in pieces: a row of D1 holds at most 2 MB. Joined in the order of `part`, they are the text. */
export const releaseParts = sqliteTable(
  "release_parts",
  { release: text("release").notNull(), part: integer("part").notNull(), text: text("text").notNull() },
  (row) => [primaryKey({ columns: [row.release, row.part] })],
);

/** Which release of a site visitors get. What KV says is a copy of this. */
export const live = sqliteTable(
  "live",
  {
    site: text("site").primaryKey(),
    release: text("release").notNull(),
    killed: integer("killed").notNull().default(0),
    /** When the switch was last thrown, either way; 0: never. */
    killedAtMs: integer("killed_at_ms").notNull().default(0),
    publishedAtMs: integer("published_at_ms").notNull(),
    /** The release that `staged_bps` of the visitors get instead; NULL: none is staged. */
    stagedRelease: text("staged_release"),
    stagedBps: integer("staged_bps"),
    /** By which they are chosen. */
    stagedSeed: text("staged_seed"),
  },
  () => [check("live_killed_is_0_or_1", sql.raw(`"killed" IN (0, 1)`))],
);

/** Which site answers for a host: the hosts of live releases, each owned by one site. */
export const liveHosts = sqliteTable("live_hosts", { host: text("host").primaryKey(), site }, (row) => [
  index("live_hosts_by_site").on(row.site),
]);

/** What happened to a release, in order: the last row of a release says its state. Only ever added to. */
export const releaseStates = sqliteTable(
  "release_states",
  {
    id: integer("id").primaryKey(),
    site,
    release: text("release").notNull(),
    state: text("state").notNull(),
    actor,
    actorName,
    atMs: integer("at_ms").notNull(),
    /** The draft's revision that the release was made of; NULL where it was made of none. */
    revision: integer("revision"),
    note: text("note").notNull().default(""),
  },
  (row) => [index("release_states_by_release").on(row.site, row.release, row.id)],
);

/** Releases that go live at a time. The row is deleted in the batch that makes the release live. */
export const scheduledReleases = sqliteTable(
  "scheduled_releases",
  {
    site,
    release: text("release").notNull(),
    atMs: integer("at_ms").notNull(),
    actor,
    actorName,
  },
  (row) => [primaryKey({ columns: [row.site, row.release] }), index("scheduled_releases_by_time").on(row.atMs)],
);

/** Who changed a draft into which revision, and what they changed. Edits by SQL leave none. */
export const draftEdits = sqliteTable(
  "draft_edits",
  {
    site,
    revision: integer("revision").notNull(),
    actor,
    actorName,
    atMs: integer("at_ms").notNull(),
    /** Lines of the change list as a JSON array. */
    changes: text("changes").notNull().default("[]"),
  },
  (row) => [primaryKey({ columns: [row.site, row.revision] })],
);

/** Contexts sampled for replay: at most so many slots a site. Nothing of a visitor is in them. */
export const replayContexts = sqliteTable(
  "replay_contexts",
  { site, slot: integer("slot").notNull(), hourMs: integer("hour_ms").notNull(), context: text("context").notNull() },
  (row) => [primaryKey({ columns: [row.site, row.slot] })],
);
