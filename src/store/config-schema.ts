import { sql } from "drizzle-orm";
import { check, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * `DB`: what people author. Rows may be edited by SQL; nothing goes live without a release.
 *
 * Columns that hold JSON are plain text here, and are parsed where they are read, so that a slip in one row is a problem
 * that names the row instead of an exception. CHECKs hold only what can never change: SQLite can't alter a CHECK without
 * rebuilding the table, so words that may grow (kinds, actions) are checked on reading.
 */

const share = (name: string) => integer(name).notNull();
const flag = (name: string) => integer(name);
const json = (name: string) => text(name);
const site = text("site").notNull();
const key = text("key").notNull();
const description = text("description").notNull().default("");

const sharesOf = (table: string, column: string) =>
  check(`${table}_${column}_is_a_share`, sql.raw(`"${column}" BETWEEN 0 AND 10000`));
const jsonIn = (table: string, column: string, kind: "array" | "object") =>
  check(
    `${table}_${column}_is_json_${kind}`,
    sql.raw(`json_valid("${column}") AND json_type("${column}") = '${kind}'`),
  );
const switchIn = (table: string, column: string) =>
  check(`${table}_${column}_is_0_or_1`, sql.raw(`"${column}" IN (0, 1)`));

export const sites = sqliteTable(
  "sites",
  {
    key: text("key").primaryKey(),
    hosts: json("hosts").notNull(),
    origin: text("origin").notNull(),
    cookieName: text("cookie_name").notNull().default("caramel"),
    cookieDomain: text("cookie_domain"),
    cookieMaxAgeDays: integer("cookie_max_age_days").notNull().default(365),
    bots: text("bots").notNull().default("stable"),
    consent: text("consent").notNull().default("optOut"),
    serverTiming: flag("server_timing").notNull().default(0),
    originTimeoutMs: integer("origin_timeout_ms").notNull().default(30_000),
    profileDeadlineMs: integer("profile_deadline_ms").notNull().default(50),
    redirectHosts: json("redirect_hosts").notNull().default("[]"),
    enabled: flag("enabled").notNull().default(1),
    /** NULL: accept. */
    unknownEvents: text("unknown_events"),
    /** NULL: 395. */
    retentionDays: integer("retention_days"),
    decisionsHeader: flag("decisions_header").notNull().default(0),
    /** NULL: a draft may be published without review. */
    review: json("review"),
    /** NULL: none. */
    client: text("client"),
    /** Rises on every change of any of the site's rows; triggers see to it when people edit by SQL. */
    revision: integer("revision").notNull().default(1),
    /** 1 only inside the batch that replaces a draft: it opens the batch's statements and keeps the triggers still. */
    writing: flag("writing").notNull().default(0),
  },
  () => [
    jsonIn("sites", "hosts", "array"),
    jsonIn("sites", "redirect_hosts", "array"),
    switchIn("sites", "server_timing"),
    switchIn("sites", "enabled"),
  ],
);

export const routes = sqliteTable(
  "routes",
  {
    site,
    key,
    path: text("path").notNull(),
    query: json("query").notNull().default("{}"),
    methods: json("methods").notNull().default('["GET","HEAD"]'),
    surface: text("surface").notNull().default("html"),
    errors: flag("errors").notNull().default(0),
  },
  (row) => [
    primaryKey({ columns: [row.site, row.key] }),
    jsonIn("routes", "query", "object"),
    jsonIn("routes", "methods", "array"),
  ],
);

export const audiences = sqliteTable(
  "audiences",
  {
    site,
    key,
    description,
    /** `when` in files; that is a keyword of SQL. */
    condition: json("condition").notNull(),
  },
  (row) => [primaryKey({ columns: [row.site, row.key] }), jsonIn("audiences", "condition", "object")],
);

export const slots = sqliteTable(
  "slots",
  {
    site,
    key,
    description,
    type: text("type").notNull(),
    version: integer("version").notNull().default(1),
    /** JSON: a text slot's default is `"in quotes"`. */
    defaultValue: json("default_value").notNull(),
    schema: json("schema"),
    htmlSelector: text("html_selector"),
    htmlAction: text("html_action"),
    htmlName: text("html_name"),
    jsonPointer: text("json_pointer"),
  },
  (row) => [
    primaryKey({ columns: [row.site, row.key] }),
    check("slots_default_value_is_json", sql.raw(`json_valid("default_value")`)),
  ],
);

export const metrics = sqliteTable(
  "metrics",
  {
    site,
    key,
    description,
    kind: text("kind").notNull(),
    event: text("event").notNull(),
    denominator: text("denominator"),
    withinHours: real("within_hours").notNull().default(72),
  },
  (row) => [primaryKey({ columns: [row.site, row.key] })],
);

export const layers = sqliteTable(
  "layers",
  { site, key, description, seed: text("seed").notNull(), unit: text("unit").notNull().default("visitor") },
  (row) => [primaryKey({ columns: [row.site, row.key] })],
);

export const holdouts = sqliteTable(
  "holdouts",
  {
    site,
    key,
    description,
    seed: text("seed").notNull(),
    unit: text("unit").notNull().default("visitor"),
    coverageBps: share("coverage_bps"),
    /** Experience keys as a JSON array; NULL covers all of them. */
    scope: json("scope"),
  },
  (row) => [primaryKey({ columns: [row.site, row.key] }), sharesOf("holdouts", "coverage_bps")],
);

export const experiences = sqliteTable(
  "experiences",
  {
    site,
    key,
    description,
    kind: text("kind").notNull(),
    enabled: flag("enabled").notNull().default(1),
    priority: integer("priority").notNull().default(0),
    routes: json("routes").notNull(),
    /** The key of an audience; or NULL, and then `condition` decides, or nobody is refused. */
    audience: text("audience"),
    condition: json("condition"),
    coverageBps: share("coverage_bps").default(10_000),
    holdbackBps: share("holdback_bps").default(0),
    unit: text("unit").notNull().default("visitor"),
    fallbackUnit: text("fallback_unit"),
    /** NULL: the experience's key. */
    seed: text("seed"),
    hashVersion: integer("hash_version").notNull().default(2),
    layer: text("layer"),
    /** `[[0, 5000]]`: the places of the layer that this experience owns. */
    layerRanges: json("layer_ranges"),
    namespace: json("namespace"),
    filters: json("filters").notNull().default("[]"),
    prerequisites: json("prerequisites").notNull().default("[]"),
    schedule: json("schedule"),
    sticky: text("sticky").notNull().default("none"),
    version: integer("version").notNull().default(1),
    minVersion: integer("min_version").notNull().default(0),
    /** `force` in files. */
    forceRules: json("force_rules").notNull().default("[]"),
    metrics: json("metrics").notNull().default("[]"),
  },
  (row) => [
    primaryKey({ columns: [row.site, row.key] }),
    switchIn("experiences", "enabled"),
    sharesOf("experiences", "coverage_bps"),
    sharesOf("experiences", "holdback_bps"),
    jsonIn("experiences", "routes", "array"),
    jsonIn("experiences", "filters", "array"),
    jsonIn("experiences", "prerequisites", "array"),
    jsonIn("experiences", "force_rules", "array"),
    jsonIn("experiences", "metrics", "array"),
    check("experiences_one_audience", sql.raw(`"audience" IS NULL OR "condition" IS NULL`)),
  ],
);

export const variants = sqliteTable(
  "variants",
  {
    site,
    experience: text("experience").notNull(),
    key,
    description,
    /** The order of the arms, ascending: ranges follow it. */
    position: integer("position").notNull().default(0),
    weightBps: share("weight_bps"),
    ranges: json("ranges"),
    slots: json("slots").notNull().default("{}"),
    operations: json("operations").notNull().default("[]"),
    move: json("move"),
  },
  (row) => [
    primaryKey({ columns: [row.site, row.experience, row.key] }),
    sharesOf("variants", "weight_bps"),
    jsonIn("variants", "slots", "object"),
    jsonIn("variants", "operations", "array"),
  ],
);

/** What is learnt of visitors. `definition` holds the members of the draft's shape that are not columns. */
const learning = (name: string) =>
  sqliteTable(name, { site, key, description, definition: json("definition").notNull() }, (row) => [
    primaryKey({ columns: [row.site, row.key] }),
    jsonIn(name, "definition", "object"),
  ]);

export const observe = learning("observe");
export const traits = learning("traits");
export const affinities = learning("affinities");
/** Applications: a client has a public key and the origins it is good for, a server the SHA-256 of its token. */
export const apps = sqliteTable(
  "apps",
  {
    site,
    key,
    clientKey: text("client_key"),
    origins: json("origins").notNull().default("[]"),
    tokenHash: text("token_hash"),
  },
  (row) => [
    primaryKey({ columns: [row.site, row.key] }),
    jsonIn("apps", "origins", "array"),
    check("apps_client_or_server", sql.raw(`("client_key" IS NULL) <> ("token_hash" IS NULL)`)),
  ],
);

/** Declared events; the key is the event's name. */
export const eventKinds = sqliteTable(
  "event_kinds",
  {
    site,
    key,
    description,
    purposes: json("purposes").notNull().default('["analytics","personalization"]'),
    /** NULL: any properties. */
    props: json("props"),
  },
  (row) => [primaryKey({ columns: [row.site, row.key] }), jsonIn("event_kinds", "purposes", "array")],
);
