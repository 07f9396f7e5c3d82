import type { ReleaseId } from "../core/ids.ts";
import type { Release } from "../core/release.ts";
import { parseRelease, releaseKey } from "./live-keys.ts";

/**
 * Drafts that somebody previews: in KV only, under keys of their own, until their links expire. They are whole releases, but
 * nothing can make them live.
 */
export interface PreviewReleases {
  keep(release: Release, ttlSeconds: number): Promise<void>;
  /** A kept draft, or else a stored release; `null` when neither is there. Throws when KV fails. */
  read(id: ReleaseId): Promise<Release | null>;
}

const keyOf = (id: ReleaseId): string => `preview:1:${id}`;
const leastTtlSeconds = 60;

export function createPreviewReleases(kv: KVNamespace): PreviewReleases {
  return {
    keep: async (release, ttlSeconds) => {
      await kv.put(keyOf(release.id), JSON.stringify(release), {
        expirationTtl: Math.max(leastTtlSeconds, Math.ceil(ttlSeconds)),
      });
    },
    read: async (id) => parseRelease((await kv.get(keyOf(id))) ?? (await kv.get(releaseKey(id))), id),
  };
}
