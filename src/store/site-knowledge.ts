import type { Draft } from "../core/draft.ts";
import type { ReleaseId, SiteKey } from "../core/ids.ts";
import { type SiteKnowledge, siteKnowledgeOf, stagedKnowledgeOf } from "../core/site-knowledge.ts";
import type { ReleaseReader } from "./live-releases.ts";

/** A publish is known to the consumer after so long; pages know it as late. */
const refreshAfterMs = 5_000;
const mostSites = 500;

/** Knows what each site's live release asks of the consumer. `null`: the site has no release. */
export type KnowledgeOf = (site: SiteKey) => Promise<SiteKnowledge | null>;

/**
 * Keeps it per isolate: the pointer is read every few seconds, the release once.
 *
 * @throws when KV fails and nothing is known yet: what a trait should have counted would else be lost, so the events wait.
 */
export function createKnowledge(reader: Pick<ReleaseReader, "pointer" | "release">, now: () => number): KnowledgeOf {
  const known = new Map<SiteKey, Entry>();
  return async (site) => {
    const entry = known.get(site);
    if (entry !== undefined && now() - entry.atMs < refreshAfterMs) return entry.knowledge;
    try {
      const fresh = await read(site, entry, reader, now());
      if (known.size >= mostSites) known.clear();
      known.set(site, fresh);
      return fresh.knowledge;
    } catch (error) {
      if (entry === undefined) throw error;
      return entry.knowledge;
    }
  };
}

interface Entry {
  readonly atMs: number;
  readonly release: ReleaseId | null;
  readonly staged: ReleaseId | null;
  readonly knowledge: SiteKnowledge | null;
}

async function read(
  site: SiteKey,
  before: Entry | undefined,
  reader: Pick<ReleaseReader, "pointer" | "release">,
  atMs: number,
): Promise<Entry> {
  const pointer = await reader.pointer(site);
  if (pointer === null) return { atMs, release: null, staged: null, knowledge: null };
  const staged = pointer.staged?.release ?? null;
  if (before?.release === pointer.release && before.staged === staged) return { ...before, atMs };
  const release = await contentOf(pointer.release, reader);
  const knowledge =
    staged === null ? siteKnowledgeOf(release) : stagedKnowledgeOf(release, await contentOf(staged, reader));
  return { atMs, release: pointer.release, staged, knowledge };
}

async function contentOf(id: ReleaseId, reader: Pick<ReleaseReader, "release">): Promise<Draft> {
  const release = await reader.release(id);
  if (release === null) throw new Error(`The release ${id} is not to be had`);
  return release.content;
}
