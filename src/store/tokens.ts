import * as z from "zod";
import type { SiteKey } from "../core/ids.ts";
import { type Grants, scopes } from "../core/roles.ts";
import { parseJson } from "./parse-json.ts";

/** A bearer token as it is kept: its hash and all that is known of it, never the token. */
export interface StoredToken {
  readonly id: string;
  /** SHA-256 of the token, 64 lower-case hexadecimal digits. Tokens are random, so a plain hash is enough. */
  readonly hash: string;
  readonly name: string;
  /** `person:ann@books.example`; `null` for a machine's. */
  readonly person: string | null;
  readonly roles: Grants;
  readonly createdAtMs: number;
  /** The principal's id. */
  readonly createdBy: string;
  readonly expiresAtMs: number;
  readonly revokedAtMs: number | null;
  /** To the hour. */
  readonly lastUsedAtMs: number | null;
}

/** Bearer tokens in `DB`. Reads are D1's own, never older than the last write. */
export interface TokenStore {
  insert(token: StoredToken): Promise<void>;
  find(id: string): Promise<StoredToken | null>;
  /** By id, from behind `after`: those of one site, or (`null`) all of them. */
  list(site: SiteKey | null, after: string, limit: number): Promise<StoredToken[]>;
  /** A token that was revoked before keeps its time. */
  revoke(id: string, nowMs: number): Promise<void>;
  touch(id: string, nowMs: number): Promise<void>;
}

type Row = Omit<StoredToken, "roles"> & { readonly roles: string };

const columns = `id, hash, name, person, roles, created_at_ms AS createdAtMs, created_by AS createdBy,
  expires_at_ms AS expiresAtMs, revoked_at_ms AS revokedAtMs, last_used_at_ms AS lastUsedAtMs`;

export function createTokenStore(db: D1Database): TokenStore {
  return {
    insert: async ({ id, hash, name, person, roles, createdAtMs, createdBy, expiresAtMs }) => {
      const sql = `INSERT INTO tokens (id, hash, name, person, roles, created_at_ms, created_by, expires_at_ms)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)`;
      const statement = db.prepare(sql);
      await statement.bind(id, hash, name, person, JSON.stringify(roles), createdAtMs, createdBy, expiresAtMs).run();
    },
    find: async (id) => {
      const row = await db.prepare(`SELECT ${columns} FROM tokens WHERE id = ?1`).bind(id).first<Row>();
      return row && tokenOf(row);
    },
    list: async (site, after, limit) => {
      const sql = `SELECT ${columns} FROM tokens
        WHERE id > ?2 AND (?1 IS NULL OR EXISTS (SELECT 1 FROM json_each(tokens.roles) WHERE key = ?1))
        ORDER BY id LIMIT ?3`;
      return (await db.prepare(sql).bind(site, after, limit).all<Row>()).results.map(tokenOf);
    },
    revoke: async (id, nowMs) => {
      await db
        .prepare("UPDATE tokens SET revoked_at_ms = coalesce(revoked_at_ms, ?2) WHERE id = ?1")
        .bind(id, nowMs)
        .run();
    },
    touch: async (id, nowMs) => {
      await db.prepare("UPDATE tokens SET last_used_at_ms = ?2 WHERE id = ?1").bind(id, nowMs).run();
    },
  };
}

const grantsShape = z.record(z.string(), z.array(z.enum(scopes)));

/** Roles that can't be read, as after an edit by SQL, are none. */
function tokenOf(row: Row): StoredToken {
  const parsed = grantsShape.safeParse(parseJson(row.roles));
  return { ...row, roles: parsed.success ? parsed.data : {} };
}
