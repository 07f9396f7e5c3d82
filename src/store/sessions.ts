/** A browser that is logged in, without the cookie's value: only its hash is kept. */
export interface StoredSession {
  /** SHA-256 of the cookie's value. */
  readonly hash: string;
  /** The token that it was opened with; `null`: the deployment's own secret. */
  readonly token: string | null;
  /** SHA-256 of what it was opened with. */
  readonly tokenHash: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

/** Sessions in `DB`. Reads are D1's own: whoever has logged out is out at once. */
export interface SessionStore {
  /** Also forgets those that have ended. */
  insert(session: StoredSession): Promise<void>;
  find(hash: string): Promise<StoredSession | null>;
  delete(hash: string): Promise<void>;
}

export function createSessionStore(db: D1Database): SessionStore {
  return {
    insert: async ({ hash, token, tokenHash, createdAtMs, expiresAtMs }) => {
      const sql =
        "INSERT INTO sessions (hash, token, token_hash, created_at_ms, expires_at_ms) VALUES (?1, ?2, ?3, ?4, ?5)";
      await db.batch([
        db.prepare("DELETE FROM sessions WHERE expires_at_ms <= ?1").bind(createdAtMs),
        db.prepare(sql).bind(hash, token, tokenHash, createdAtMs, expiresAtMs),
      ]);
    },
    find: (hash) =>
      db
        .prepare(
          `SELECT hash, token, token_hash AS tokenHash, created_at_ms AS createdAtMs, expires_at_ms AS expiresAtMs
            FROM sessions WHERE hash = ?1`,
        )
        .bind(hash)
        .first<StoredSession>(),
    delete: async (hash) => {
      await db.prepare("DELETE FROM sessions WHERE hash = ?1").bind(hash).run();
    },
  };
}
