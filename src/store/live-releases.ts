import type { BanditWeights } from "../core/compile.ts";
import type { ReleaseId, SiteKey } from "../core/ids.ts";
import { isKey } from "../core/ids.ts";
import type { LivePointer, Release } from "../core/release.ts";
import { type Digest, releaseIdOf } from "../core/release-id.ts";
import { hostKey, parsePointer, parseRelease, pointerKey, releaseKey } from "./live-keys.ts";
import { parseWeights, weightsKey } from "./weights.ts";

/** A change must be seen everywhere within a minute, and KV caches for 30 s at least. */
const changingTtlSeconds = 30;
/** A release never changes. */
const releaseTtlSeconds = 7 * 24 * 3600;
/** KV reads at most 100 keys at once. */
const hostKeysAtMost = 100;

/**
 * What is live, as pages read it: KV only, nothing kept between calls. Reads may be a minute old. Throws when KV fails;
 * what KV holds is checked, a release against its hash too, and anything that isn't whole is `null`.
 */
export interface ReleaseReader {
  /** Which site answers for a host: by its name, else the nearest wildcard, else `*`. `null`: none. */
  findSite(host: string): Promise<SiteKey | null>;
  pointer(site: SiteKey): Promise<LivePointer | null>;
  release(id: ReleaseId): Promise<Release | null>;
  /** Weights that the site's bandits have learnt: none by default. */
  weights(site: SiteKey): Promise<BanditWeights>;
}

export function createReleaseReader({ kv }: { readonly kv: KVNamespace }): ReleaseReader {
  return {
    findSite: async (host) => {
      const keys = hostNames(host).map(hostKey);
      const found = await kv.get(keys, { cacheTtl: changingTtlSeconds });
      const site = keys.map((key) => found.get(key)).find((value) => value && isKey(value));
      return site ? (site as SiteKey) : null;
    },
    pointer: async (site) => parsePointer(await kv.get(pointerKey(site), { cacheTtl: changingTtlSeconds }), site),
    weights: async (site) => parseWeights(await kv.get(weightsKey(site), { cacheTtl: changingTtlSeconds })),
    release: async (id) => {
      const key = releaseKey(id);
      const text = await kv.get(key, { cacheTtl: releaseTtlSeconds });
      // KV also remembers that a key was missing, as long as the read asked for: ask again with less patience.
      const release = parseRelease(text ?? (await kv.get(key, { cacheTtl: changingTtlSeconds })), id);
      return release !== null && (await isWhole(release)) ? release : null;
    },
  };
}

/** Whether the content is what its id was derived from: anything else has been cut, mixed up or tampered with on its way. */
const isWhole = async ({ id, content }: Release): Promise<boolean> => (await releaseIdOf(content, sha256)) === id;

const sha256: Digest = async (text) => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
};

/** A DNS name's limit; a KV key's is 512 bytes. */
const hostCharacters = 253;

/** The names to look up for a Host header, most specific first: the host itself, `*.` of each parent, `*`. */
export function hostNames(host: string): string[] {
  const name = host.toLowerCase().replace(/:\d*$/, "").replace(/\.$/, "");
  if (name.length > hostCharacters) return ["*"];
  const labels = name.split(".");
  const parents = labels.slice(1).map((_, index) => `*.${labels.slice(index + 1).join(".")}`);
  // The last ones are the ones that can be registered; a name with a hundred labels is nobody's.
  return [name, ...parents.slice(-(hostKeysAtMost - 2)), "*"];
}
