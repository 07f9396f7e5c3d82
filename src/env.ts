/** What a deployment gives the Worker: bindings of wrangler.toml, and secrets set by `wrangler secret put`. */
export interface Env {
  /** Live releases and copies of profiles. */
  readonly KV: KVNamespace;
  /** Authored configuration and releases. */
  readonly DB: D1Database;
  /** Everything about visitors. */
  readonly VISITORS: D1Database;
  /** More databases of the same kind, counted from 1 without a gap. Visitors move there by `caramel databases move`: docs/scale.md. */
  readonly [more: `VISITORS_${number}`]: D1Database | undefined;
  /** Events on their way. */
  readonly EVENTS: Queue;
  /** More queues, counted from 1 without a gap: producers choose among them by the visitor. */
  readonly [more: `EVENTS_${number}`]: Queue | undefined;
  /** How often one visitor, and one source, may send events. Without them each isolate counts for itself. */
  readonly VISITOR_LIMIT?: RateLimit;
  readonly SOURCE_LIMIT?: RateLimit;
  /** Operations telemetry. */
  readonly TELEMETRY?: AnalyticsEngineDataset;
  /** Secret, at least 32 characters: signs visit cookies and links. Without it nobody is recognised and every page passes through. */
  readonly VISIT_KEY?: string;
  /** Secret, at least 32 characters: the keys with which sites sign their users' ids are derived from it. Without it, from `VISIT_KEY`. */
  readonly IDENTIFY_KEY?: string;
  /** How often one source may try to log in. */
  readonly LOGIN_LIMIT?: RateLimit;
  /** Secret, at least 24 characters: a bearer token that may do everything. To make the first token with; works without D1. */
  readonly ADMIN_TOKEN?: string;
  /** The control plane's own host (`caramel.books.example`): its addresses are there and nowhere else, and no website is. */
  readonly CONTROL_HOST?: string;
  /** Cloudflare Access before the control plane: the team's domain (`books.cloudflareaccess.com`) and the application's AUD tag. */
  readonly ACCESS_TEAM?: string;
  readonly ACCESS_AUD?: string;
  /** JSON, host (or `*`) to origin: where pages come from while no release can be had. */
  readonly FALLBACK_ORIGIN?: string;
  /** `"true"` in development only: origins on this machine and in private networks are allowed. */
  readonly ALLOW_PRIVATE_ORIGINS?: string;
}
