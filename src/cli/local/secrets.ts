import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";

const Secrets = z.object({ VISIT_KEY: z.string().min(1), ADMIN_TOKEN: z.string().min(1) });

/** What a deployment keeps with `wrangler secret put`: the key that signs visit cookies, and the admin API's token. */
export type Secrets = z.infer<typeof Secrets>;

const secretBytes = 32;

/**
 * The secrets of a data directory. Made on first use and kept, so that cookies and tokens outlive a restart.
 *
 * @throws when the file is there but is not ours: making new secrets would silently sign every visitor out.
 */
export async function secretsIn(data: string): Promise<Secrets> {
  const path = join(data, "secrets.json");
  const text = await readFile(path, "utf8").catch(nullWhenAbsent);
  if (text !== null) return Secrets.parse(JSON.parse(text));
  const made = { VISIT_KEY: randomSecret(), ADMIN_TOKEN: randomSecret() };
  await writeFile(path, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600, flag: "wx" });
  return made;
}

function randomSecret(): string {
  return randomBytes(secretBytes).toString("base64url");
}

function nullWhenAbsent(error: unknown): null {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
  throw error;
}
