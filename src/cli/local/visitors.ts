import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import type { Admin } from "./admin.ts";

/**
 * One stop of the demo's tour, as `demo/profiles.yaml` lists them. Whatever else an entry has (traits, counters …) is
 * the visitor's profile, in the admin API's own shape.
 */
const Guest = z.looseObject({
  visitor: z.string(),
  /** In a person's words: "Nadia, a night reader". */
  as: z.string(),
  /** What is known of them. */
  about: z.string(),
  /** What is different for them on the page to open. */
  look: z.string(),
  open: z.string().startsWith("/").default("/"),
});

export type Guest = z.infer<typeof Guest>;

/** A stop with the address that makes a browser this visitor. */
export interface Visit {
  readonly as: string;
  readonly about: string;
  readonly look: string;
  readonly url: string;
}

const VisitLink = z.object({ url: z.string() });
const linkLifetimeS = 30 * 24 * 60 * 60;

/** The demo's guests. @throws when the file is not a list of them. */
export async function readGuests(path: string): Promise<Guest[]> {
  return z.array(Guest).parse(parse(await readFile(path, "utf8")));
}

/** Stores the guests' profiles, once for a data directory: what they have done since then is kept. */
export async function seedOnce(admin: Admin, data: string, site: string, guests: readonly Guest[]): Promise<void> {
  const done = join(data, "seeded");
  if (existsSync(done)) return;
  const profiles = guests.map(profileOf);
  const stored = await admin("POST", `/sites/${encodeURIComponent(site)}/visitors`, profiles);
  if (!stored.ok) throw new Error(`The demo's visitors were refused: ${JSON.stringify(stored.error)}`);
  await writeFile(done, "");
}

/** The addresses to open, on the host that this browser reaches us by. */
export async function visitsOf(
  admin: Admin,
  site: string,
  guests: readonly Guest[],
  proxyUrl: string,
): Promise<Visit[]> {
  return Promise.all(
    guests.map(async ({ as, about, look, open, visitor }) => {
      return { as, about, look, url: proxyUrl + (await linkPath(admin, site, visitor, open)) };
    }),
  );
}

async function linkPath(admin: Admin, site: string, visitor: string, to: string): Promise<string> {
  const body = { visitor, to, expiresInS: linkLifetimeS };
  const made = await admin("POST", `/sites/${encodeURIComponent(site)}/visit-links`, body);
  if (!made.ok) throw new Error(`No visit link for ${visitor}: ${JSON.stringify(made.error)}`);
  const { pathname, search } = new URL(VisitLink.parse(made.value).url, "http://site.invalid");
  return pathname + search;
}

function profileOf({ as: _as, about: _about, look: _look, open: _open, ...profile }: Guest) {
  return profile;
}
