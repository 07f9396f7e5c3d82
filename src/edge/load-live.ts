import { type BanditWeights, compileRelease } from "../core/compile.ts";
import type { ReleaseId, SiteKey } from "../core/ids.ts";
import type { Release, StagedRelease } from "../core/release.ts";
import type { Live, LiveSitesParts, NoRelease, Ready } from "./live.ts";
import { stagedBeside } from "./staged.ts";

/** Looks up what is live on a host; what is `known` of it already is not compiled again. Rejects when KV fails. */
type Loader = (host: string, known: Live | null) => Promise<Live | NoRelease>;

export function loaderOf({ reader, now, report }: LiveSitesParts): Loader {
  const readyOf = async (id: ReleaseId, site: SiteKey, known: Ready | null): Promise<Ready | null> => {
    const release = known?.compiled.id === id ? known.compiled.release : await reader.release(id);
    if (release === null) return null;
    const weights = hasBandits(release) ? await reader.weights(site) : noWeights;
    if (known !== null && known.compiled.release === release && isSame(known.weights, weights)) {
      return { compiled: known.compiled, weights: known.weights };
    }
    return { weights, compiled: compileRelease(release, weights) };
  };

  /** Without the staged release, should it not be had: everybody gets the live one. */
  const withStaged = async (live: Live, staged: StagedRelease, known: Live | null): Promise<Live> => {
    const { site } = live.pointer;
    const ready = await readyOf(staged.release, site, known?.staged?.ready ?? null).catch((error: unknown) => {
      report({ stage: "release", site, what: `staged: ${error}` });
      return null;
    });
    return ready === null ? live : { ...live, staged: stagedBeside(live, staged, ready, known?.staged ?? null) };
  };

  return async (host, known) => {
    const site = await reader.findSite(host);
    if (site === null) return "no-site";
    const pointer = await reader.pointer(site);
    if (pointer === null) return "no-release";
    const ready = await readyOf(pointer.release, site, known);
    if (ready === null) return known ?? "no-release";
    const live = { pointer, ...ready, checkedAtMs: now() };
    return pointer.staged === undefined ? live : withStaged(live, pointer.staged, known);
  };
}

const noWeights: BanditWeights = {};

const hasBandits = ({ content }: Release): boolean =>
  Object.values(content.experiences).some(({ kind }) => kind === "bandit");

const isSame = (one: BanditWeights, other: BanditWeights): boolean => JSON.stringify(one) === JSON.stringify(other);
