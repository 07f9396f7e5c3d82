import type { ReleaseStore } from "../store/releases.ts";
import { type EachSite, forEachSite } from "./each-site.ts";

export interface RepairPorts extends EachSite {
  readonly releases: Pick<ReleaseStore, "repair">;
}

/**
 * Makes what pages read agree with what was published, for every site: a publish or a kill switch that died between its
 * stores is finished here. @returns the keys of KV it changed; nearly always none.
 */
export async function repair(ports: RepairPorts): Promise<string[]> {
  const changed: string[] = [];
  await forEachSite("repair", ports, async (site) => {
    changed.push(...(await ports.releases.repair(site)));
  });
  return changed;
}
