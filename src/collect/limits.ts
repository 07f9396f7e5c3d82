/**
 * All that one request to `POST /_caramel/events` may be. What goes over is refused, never cut: documented in docs/events.md,
 * and tested below, at and above each bound.
 */
export const intakeLimits = {
  /** 413 above. */
  bodyBytes: 64 * 1024,
  /** 413 above. */
  eventsPerBatch: 100,
  idCharacters: 64,
  propsPerEvent: 20,
  propKeyCharacters: 64,
  propTextCharacters: 500,
  /** Greater magnitudes are no amount, count or duration. */
  valueMagnitude: 1e12,
  userCharacters: 256,
  /** Older events are rejected: results of that day may have been read already. */
  oldestMs: 7 * 86_400_000,
} as const;

/** How often one source may call, a minute. `wrangler.toml` and the local runner say the same: a test compares. */
export const callLimits = {
  periodSeconds: 60,
  /** By visitor. */
  visitor: 120,
  /** By network address (offices share one), or by the token of a server. */
  source: 1200,
} as const;
