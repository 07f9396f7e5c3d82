import * as z from "zod";
import type { Draft } from "../core/draft.ts";
import type { JsonObject } from "../core/json.ts";
import { type Api, bodyOf } from "./api.ts";
import { draftIn } from "./draft.ts";
import { sitePath } from "./site.ts";

const listed = z.object({ live: z.string().nullable() });
const shown = z.object({ configuration: z.record(z.string(), z.unknown()) });

/** What visitors of a site get now; `null` when nothing is live. */
export async function readLive(site: string, api: Api): Promise<Draft | null> {
  const reply = await api.call("GET", sitePath(site, "/releases"));
  if (reply.status === 404) return null;
  const { live } = bodyOf(reply, listed);
  return live === null ? null : readRelease(site, live, api);
}

/** The content of one release. */
export async function readRelease(site: string, release: string, api: Api): Promise<Draft> {
  const reply = await api.call("GET", sitePath(site, `/releases/${encodeURIComponent(release)}`));
  return draftIn(bodyOf(reply, shown).configuration as JsonObject);
}
