declare namespace Cloudflare {
  interface Env {
    readonly DB: D1Database;
    readonly VISITORS: D1Database;
    readonly SPREAD_1: D1Database;
    readonly SPREAD_2: D1Database;
    readonly KV: KVNamespace;
    readonly EVENTS: Queue;
    readonly SOURCE_LIMIT: RateLimit;
    readonly TEST_MIGRATIONS: {
      readonly db: import("cloudflare:test").D1Migration[];
      readonly visitors: import("cloudflare:test").D1Migration[];
    };
  }
}
