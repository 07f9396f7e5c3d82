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
  (row) => [primaryKey({ columns: [row.visitor, row.site] })],
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
    storedAtMs: integer("stored_at_ms").notNull(),
  },
  (row) => [primaryKey({ columns: [row.visitor, row.site, row.id] })],
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
    storedAtMs: integer("stored_at_ms").notNull(),
  },
  (row) => [primaryKey({ columns: [row.visitor, row.site, row.experience, row.version] })],
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
