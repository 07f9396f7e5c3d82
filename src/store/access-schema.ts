import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** `DB`: who may come in, and what they did. No secret is kept, only hashes of random ones. */

/** Bearer tokens. A revoked one stays, so that the audit's principals can always be looked up. */
export const tokens = sqliteTable(
  "tokens",
  {
    /** Public part of the token. */
    id: text("id").primaryKey(),
    /** SHA-256 of the whole token, hexadecimal. */
    hash: text("hash").notNull(),
    name: text("name").notNull(),
    /** Whose it is (`person:ann@books.example`); NULL: a machine's. */
    person: text("person"),
    /** Scopes by site, `"*"` for every site: a JSON object. */
    roles: text("roles").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
    createdBy: text("created_by").notNull(),
    expiresAtMs: integer("expires_at_ms").notNull(),
    revokedAtMs: integer("revoked_at_ms"),
    /** To the hour: enough to see which ones nobody needs. */
    lastUsedAtMs: integer("last_used_at_ms"),
  },
  () => [check("tokens_roles_is_json_object", sql.raw(`json_valid("roles") AND json_type("roles") = 'object'`))],
);

/** What people who come in by Cloudflare Access may do: by person and site, or by person and `*`. */
export const people = sqliteTable(
  "people",
  {
    /** An address in small letters, or `service:<client id>` for a service token of Access. */
    person: text("person").notNull(),
    site: text("site").notNull(),
    /** A JSON array. */
    roles: text("roles").notNull(),
    changedAtMs: integer("changed_at_ms").notNull(),
  },
  (row) => [
    primaryKey({ columns: [row.person, row.site] }),
    index("people_by_site").on(row.site),
    check("people_roles_is_json_array", sql.raw(`json_valid("roles") AND json_type("roles") = 'array'`)),
  ],
);

/** Browsers that are logged in. Rights are not kept here: they are those of the token at each request. */
export const sessions = sqliteTable(
  "sessions",
  {
    /** SHA-256 of the cookie's value. */
    hash: text("hash").primaryKey(),
    /** The token that it was opened with; NULL: the deployment's own secret. */
    token: text("token"),
    /** SHA-256 of what it was opened with: a secret that has been changed since opens nothing. */
    tokenHash: text("token_hash").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
    expiresAtMs: integer("expires_at_ms").notNull(),
  },
  (row) => [index("sessions_by_end").on(row.expiresAtMs)],
);

/** Who did what: append-only, by triggers. One chain of hashes for each site, and `*` for the deployment. */
export const audit = sqliteTable(
  "audit",
  {
    site: text("site").notNull(),
    /** From 1, without gaps. */
    seq: integer("seq").notNull(),
    atMs: integer("at_ms").notNull(),
    principal: text("principal").notNull(),
    action: text("action").notNull(),
    subject: text("subject").notNull(),
    /** `begun` before a change, then `done`, `refused` or `failed`; `read` for a look at a visitor. */
    outcome: text("outcome").notNull(),
    /** Hash of the subject as it was, and as it became; NULL where it has none. */
    beforeHash: text("before_hash"),
    afterHash: text("after_hash"),
    /** Why, where somebody must say. */
    reason: text("reason"),
    request: text("request").notNull(),
    previousHash: text("previous_hash").notNull(),
    hash: text("hash").notNull(),
  },
  (row) => [primaryKey({ columns: [row.site, row.seq] })],
);

/** Answers to POSTs with an `Idempotency-Key`, kept for a day. */
export const replays = sqliteTable(
  "replays",
  {
    /** SHA-256 over the principal and their key. */
    key: text("key").primaryKey(),
    /** SHA-256 over method, address and body. */
    asked: text("asked").notNull(),
    begunAtMs: integer("begun_at_ms").notNull(),
    /** NULL: not answered yet. */
    status: integer("status"),
    /** NULL with a status: it held a secret, and is not kept. */
    body: text("body"),
    bodyHash: text("body_hash"),
    mediaType: text("media_type"),
  },
  (row) => [index("replays_by_age").on(row.begunAtMs)],
);
