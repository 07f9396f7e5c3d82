/** Ways in that are tried, by source and by token. `wrangler.toml` and the local runner say the same: a test compares. */
export const loginLimit = { tries: 10, periodSeconds: 60 } as const;
