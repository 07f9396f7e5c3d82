import type { SiteKey } from "../core/ids.ts";
import type { LivePointer } from "../core/release.ts";
import {
  type HostMetadata,
  hostKey,
  hostPrefix,
  type PointerMetadata,
  parsePointer,
  pointerKey,
  pointerText,
  releaseKey,
} from "./live-keys.ts";

/** What D1 says is live for a site: the truth that KV copies. */
export interface LiveState {
  readonly pointer: LivePointer;
  readonly hosts: readonly string[];
  readonly releaseText: string;
  /** The text of the release that is staged; `null` when none is. */
  readonly stagedText: string | null;
}

/** A kill switch that was thrown in KV alone. */
export interface UnrecordedKill {
  readonly killed: boolean;
  readonly atMs: number;
}

/** KV's side of what is live. Every write names the keys it changed. */
export interface LiveCopy {
  /**
   * Writes in an order that never leaves a reader without a release: the release before the pointer that names it, the
   * pointer before the hosts that lead to it, and hosts that lead nowhere any more last.
   *
   * @param compare leave alone what already reads the same. A read may be a minute old, so a publish must not compare.
   */
  write(state: LiveState, compare: boolean): Promise<string[]>;
  writePointer(pointer: LivePointer, metadata?: PointerMetadata): Promise<void>;
  readPointer(site: SiteKey): Promise<LivePointer | null>;
  readUnrecordedKill(site: SiteKey): Promise<UnrecordedKill | null>;
}

export function createLiveCopy(kv: KVNamespace): LiveCopy {
  const put = async (key: string, value: string, compare: boolean, metadata?: HostMetadata): Promise<string[]> => {
    if (compare && (await kv.get(key)) === value) return [];
    await kv.put(key, value, metadata && { metadata });
    return [key];
  };
  const writePointer = (pointer: LivePointer, metadata?: PointerMetadata) =>
    kv.put(pointerKey(pointer.site), pointerText(pointer), metadata && { metadata });
  return {
    write: async ({ pointer, hosts, releaseText, stagedText }, compare) => {
      const { site, staged } = pointer;
      const changed = await put(releaseKey(pointer.release), releaseText, compare);
      if (staged && stagedText !== null) changed.push(...(await put(releaseKey(staged.release), stagedText, compare)));
      changed.push(...(await put(pointerKey(site), pointerText(pointer), compare)));
      for (const host of hosts) changed.push(...(await put(hostKey(host), site, compare, { site })));
      const stale = (await hostsOf(kv, site)).filter((host) => !hosts.includes(host)).map(hostKey);
      for (const key of stale) await kv.delete(key);
      return [...changed, ...stale];
    },
    writePointer,
    readPointer: async (site) => parsePointer(await kv.get(pointerKey(site)), site),
    readUnrecordedKill: async (site) => {
      const { value, metadata } = await kv.getWithMetadata<PointerMetadata>(pointerKey(site));
      const pointer = parsePointer(value, site);
      return pointer && metadata ? { killed: pointer.killed, atMs: metadata.unrecordedAtMs } : null;
    },
  };
}

async function hostsOf(kv: KVNamespace, site: SiteKey): Promise<string[]> {
  const hosts: string[] = [];
  let cursor: string | null = null;
  do {
    const page: KVNamespaceListResult<HostMetadata, string> = await kv.list<HostMetadata>({
      prefix: hostPrefix,
      cursor,
    });
    hosts.push(
      ...page.keys.filter(({ metadata }) => metadata?.site === site).map(({ name }) => name.slice(hostPrefix.length)),
    );
    cursor = page.list_complete ? null : page.cursor;
  } while (cursor !== null);
  return hosts;
}
