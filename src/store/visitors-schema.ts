import { index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * `VISITORS`: what is known of visitors. Every key starts with the visitor, so that all about one visitor lies in one
 * database (and one batch can be atomic), and more databases can be added by a hash of it. Times are epoch milliseconds.
 *
 * A visitor is known to each site by itself: one site's events never change what another sees.
 */

const visitor = text("visitor").notNull();
const site = text("site").notNull();

export const profiles = sqliteTable(
  "profiles",
  {
    visitor,
    site,
    /** Rises by one on every change of anything of the visitor's, the ledger included: writers compare it first. */
    version: integer("version").notNull(),
    profile: text("profile").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
    updatedAtMs: integer("updated_at_ms").notNull(),
  },
  (row) => [primaryKey({ columns: [row.visitor, row.site] }), index("profiles_by_time").on(row.site, row.updatedAtMs)],
);

/** The ledger: every event counted, once. Rows are only ever added, until retention or erasure removes them. */
export const events = sqliteTable(
  "events",
  {
    visitor,
    site,
    id: text("id").notNull(),
    user: text("user"),
    name: text("name").notNull(),
    atMs: integer("at_ms").notNull(),
    value: real("value"),
    props: text("props").notNull(),
    source: text("source").notNull(),
    /** 1 analytics, 2 personalization, 3 both: what the visitor allowed it for. */
    purposes: integer("purposes").notNull().default(3),
    storedAtMs: integer("stored_at_ms").notNull(),
  },
  (row) => [primaryKey({ columns: [row.visitor, row.site, row.id] }), index("events_by_time").on(row.site, row.atMs)],
);

/** The first time each version of an experience made a difference to the visitor. */
export const exposures = sqliteTable(
  "exposures",
  {
    visitor,
    site,
    experience: text("experience").notNull(),
    version: integer("version").notNull(),
    user: text("user"),
    variant: text("variant").notNull(),
    release: text("release").notNull(),
    propensityBps: integer("propensity_bps").notNull(),
    route: text("route").notNull(),
    atMs: integer("at_ms").notNull(),
    sticky: integer("sticky").notNull(),
    purposes: integer("purposes").notNull().default(3),
    storedAtMs: integer("stored_at_ms").notNull(),
  },
  (row) => [
    primaryKey({ columns: [row.visitor, row.site, row.experience, row.version] }),
    index("exposures_by_time").on(row.site, row.atMs),
  ],
);

/** Who is waited for: something happened, and by `due` something else should have. One row for each visitor and rule. */
export const awaited = sqliteTable(
  "awaited",
  {
    visitor,
    site,
    rule: text("rule").notNull(),
    sinceMs: integer("since_ms").notNull(),
    dueAtMs: integer("due_at_ms").notNull(),
    storedAtMs: integer("stored_at_ms").notNull(),
  },
  (row) => [primaryKey({ columns: [row.visitor, row.site, row.rule] }), index("awaited_by_due").on(row.dueAtMs)],
);
/**
 * Who a visitor turned out to be. `canonical` is the one visitor that a user's devices share: what arrives for any other
 * is taken as the canonical one's.
 */
export const identities = sqliteTable(
  "identities",
  {
    visitor,
    site,
    user: text("user").notNull(),
    canonical: text("canonical").notNull(),
    boundAtMs: integer("bound_at_ms").notNull(),
  },
  (row) => [
    primaryKey({ columns: [row.visitor, row.site] }),
    index("identities_by_canonical").on(row.canonical, row.site),
    index("identities_by_time").on(row.site, row.boundAtMs),
  ],
);

/** The canonical visitor of each user: the first that was identified as them. `conflicts`: facts that merging left out. */
export const users = sqliteTable(
  "users",
  {
    user: text("user").notNull(),
    site,
    visitor,
    conflicts: integer("conflicts").notNull().default(0),
    createdAtMs: integer("created_at_ms").notNull(),
  },
  (row) => [primaryKey({ columns: [row.user, row.site] }), index("users_by_visitor").on(row.visitor, row.site)],
);

/** What a visitor has last said to each purpose, for events that servers send about them. */
export const consents = sqliteTable(
  "consents",
  {
    visitor,
    site,
    analytics: integer("analytics").notNull(),
    personalization: integer("personalization").notNull(),
    atMs: integer("at_ms").notNull(),
  },
  (row) => [primaryKey({ columns: [row.visitor, row.site] })],
);

/** Visitors who were erased, by a hash only: what is still on its way for them is dropped. */
export const tombstones = sqliteTable("tombstones", {
  hash: text("hash").primaryKey(),
  erasedAtMs: integer("erased_at_ms").notNull(),
});

/*
 * For deployments with several databases of visitors (`VISITORS_1` …). Each has all of these tables; `places`, `moves`,
 * `leftovers`, `users` and `dead_letters` are used in the first alone.
 */

/** Which visitors are where: the `RangeMap`. Empty: all of them in the first database. */
export const places = sqliteTable("places", {
  start: text("start").primaryKey(),
  database: text("database").notNull(),
  isMoving: integer("is_moving").notNull().default(0),
});

/** The one move of visitors between databases, `id` 1. `token` rises with whoever works on it, and never falls. */
export const moves = sqliteTable("moves", {
  id: integer("id").primaryKey(),
  token: integer("token").notNull(),
  leasedUntilMs: integer("leased_until_ms").notNull(),
  /** JSON of `Move`; `null`: nothing is on its way. */
  move: text("move"),
});

/** Rows that have moved away and can be deleted: whoever had read where they were has noticed by now. */
export const leftovers = sqliteTable("leftovers", {
  id: integer("id").primaryKey(),
  database: text("database").notNull(),
  start: text("start").notNull(),
  until: text("until"),
  sinceMs: integer("since_ms").notNull(),
});

/** Visitors who are not, or not any more, of this database: triggers refuse every row of theirs. */
export const departed = sqliteTable("departed", {
  start: text("start").primaryKey(),
  until: text("until"),
});

/** Who may copy visitors into or out of this database, `id` 1: the highest token that came; `isOpen` while rows may come in. */
export const movers = sqliteTable("movers", {
  id: integer("id").primaryKey(),
  token: integer("token").notNull(),
  isOpen: integer("is_open").notNull(),
});

/** What a visitor's profile held beyond their ledger, on its way to the visitor they turned out to be. */
export const handovers = sqliteTable(
  "handovers",
  {
    visitor,
    site,
    version: integer("version").notNull(),
    profile: text("profile").notNull(),
    atMs: integer("at_ms").notNull(),
  },
  (row) => [primaryKey({ columns: [row.visitor, row.site, row.version] })],
);

/** Handovers that have been taken in: each changes a profile once. */
export const receipts = sqliteTable(
  "receipts",
  {
    visitor,
    site,
    /** Who it came from, and at which version of theirs. */
    of: text("of").notNull(),
    version: integer("version").notNull(),
    atMs: integer("at_ms").notNull(),
  },
  (row) => [primaryKey({ columns: [row.visitor, row.site, row.of, row.version] })],
);

/** Queue messages that could not be taken in, until somebody sends them again. `id` is the hash of the body: a repeat is the same. */
export const deadLetters = sqliteTable(
  "dead_letters",
  {
    id: text("id").primaryKey(),
    site,
    /** `null` where the body does not say. */
    visitor: text("visitor"),
    body: text("body").notNull(),
    reason: text("reason").notNull(),
    /** How often it has come here. */
    times: integer("times").notNull(),
    atMs: integer("at_ms").notNull(),
  },
  (row) => [
    index("dead_letters_by_time").on(row.site, row.atMs),
    index("dead_letters_by_visitor").on(row.visitor, row.site),
  ],
);
