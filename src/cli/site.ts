import * as z from "zod";
import { closest } from "../core/did-you-mean.ts";
import { type Api, everyItem } from "./api.ts";
import type { Words } from "./command.ts";
import { wrongUsage } from "./stop.ts";

const siteShape = z.object({ site: z.string(), revision: z.number() });

/** The site that is meant: `--site`, or the only one there is. */
export async function siteOf({ options }: Words, api: Api): Promise<string> {
  const sites = await everyItem(api, "/sites", "sites", siteShape);
  const keys = sites.map(({ site }) => site);
  const { site } = options;
  if (site !== undefined && keys.includes(site)) return site;
  if (site !== undefined) throw wrongUsage(unknownSite(site, keys));
  const [only] = keys;
  if (only === undefined) throw wrongUsage("The server has no site yet. Write one with `caramel apply FILE`.");
  if (keys.length > 1) throw wrongUsage(`Which site? Add --site: ${keys.join(", ")}.`);
  return only;
}

function unknownSite(site: string, keys: readonly string[]): string {
  const near = closest(site, keys);
  const advice = near === null ? `There is ${keys.join(", ") || "none yet"}.` : `Did you mean "${near}"?`;
  return `There is no site "${site}". ${advice}`;
}

/** The path of a site in the admin API. */
export const sitePath = (site: string, rest: string): string => `/sites/${encodeURIComponent(site)}${rest}`;
