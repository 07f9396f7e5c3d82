import type { BanditWeights } from "../core/compile.ts";
import type { SiteKey } from "../core/ids.ts";
import { isObject } from "../core/json.ts";
import { parseJson } from "./parse-json.ts";

/** The name under which KV holds what a site's bandits have learnt. */
export const weightsKey = (site: SiteKey): string => `weights:${site}`;

/**
 * Learnt weights of a site's bandits, in basis points by experience key and in the order of its variants. They arrive beside the
 * release, which stays immutable; KV is their only home, since they can be learnt again from outcomes.
 */
export interface WeightStore {
  readonly read: (site: SiteKey) => Promise<BanditWeights>;
  readonly write: (site: SiteKey, weights: BanditWeights) => Promise<void>;
}

export const createWeightStore = (kv: KVNamespace): WeightStore => ({
  read: async (site) => parseWeights(await kv.get(weightsKey(site))),
  write: (site, weights) => kv.put(weightsKey(site), JSON.stringify(weights)),
});

/** Only what can be used: lists of shares that sum to all. The rest is as if it had not been learnt. */
export function parseWeights(text: string | null): BanditWeights {
  const value = text === null ? null : parseJson(text);
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, weights]) => (isShares(weights) ? [[key, weights]] : [])),
  );
}

const isShares = (value: unknown): value is readonly number[] =>
  Array.isArray(value) &&
  value.every((share) => typeof share === "number" && share >= 0) &&
  Math.abs(value.reduce((sum: number, share: number) => sum + share, 0) - 10_000) < 1e-6;
