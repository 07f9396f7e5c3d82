/** An answer that was given once and is given again to whoever asks the same with the same key. */
export interface KeptAnswer {
  readonly status: number;
  /** `null`: it held a secret and was not kept; its hash says that it was given. */
  readonly body: string | null;
  readonly bodyHash: string;
  readonly mediaType: string;
}

/** What is known of a key: nothing (`mine`: it is now taken for this call), a call under way, one that asked something else, or an answer. */
export type KnownKey =
  | { readonly kind: "mine" }
  | { readonly kind: "under_way" }
  | { readonly kind: "other" }
  | { readonly kind: "answered"; readonly answer: KeptAnswer };

/** Answers by idempotency key (`Idempotency-Key`, draft-ietf-httpapi-idempotency-key-header), for a day. */
export interface ReplayStore {
  /** Takes the key for a call, or tells what became of it. `asked` is a hash over all that was asked. */
  begin(key: string, asked: string, nowMs: number): Promise<KnownKey>;
  finish(key: string, answer: KeptAnswer): Promise<void>;
  /** Lets the key go: the call changed nothing. */
  forget(key: string): Promise<void>;
}

const keptMs = 24 * 3600_000;
/** A call that takes longer has died: its key may be taken over. */
const longestCallMs = 120_000;

interface Row {
  readonly asked: string;
  readonly status: number | null;
  readonly body: string | null;
  readonly bodyHash: string | null;
  readonly mediaType: string | null;
}

const takeSql = `INSERT INTO replays (key, asked, begun_at_ms) VALUES (?1, ?2, ?3)
  ON CONFLICT (key) DO UPDATE SET begun_at_ms = ?3 WHERE status IS NULL AND asked = ?2 AND begun_at_ms < ?4
  RETURNING key`;
const readSql =
  "SELECT asked, status, body, body_hash AS bodyHash, media_type AS mediaType FROM replays WHERE key = ?1";

export function createReplayStore(db: D1Database): ReplayStore {
  return {
    begin: async (key, asked, nowMs) => {
      const results = await db.batch<Row>([
        db.prepare("DELETE FROM replays WHERE begun_at_ms < ?1").bind(nowMs - keptMs),
        db.prepare(takeSql).bind(key, asked, nowMs, nowMs - longestCallMs),
        db.prepare(readSql).bind(key),
      ]);
      if (results[1]?.results.length === 1) return { kind: "mine" };
      return knownOf(results[2]?.results[0], asked);
    },
    finish: async (key, { status, body, bodyHash, mediaType }) => {
      const sql = "UPDATE replays SET status = ?2, body = ?3, body_hash = ?4, media_type = ?5 WHERE key = ?1";
      await db.prepare(sql).bind(key, status, body, bodyHash, mediaType).run();
    },
    forget: async (key) => {
      await db.prepare("DELETE FROM replays WHERE key = ?1 AND status IS NULL").bind(key).run();
    },
  };
}

function knownOf(row: Row | undefined, asked: string): KnownKey {
  if (row === undefined) return { kind: "under_way" };
  const { status, body, bodyHash, mediaType } = row;
  if (row.asked !== asked) return { kind: "other" };
  if (status === null || bodyHash === null || mediaType === null) return { kind: "under_way" };
  return { kind: "answered", answer: { status, body, bodyHash, mediaType } };
}
