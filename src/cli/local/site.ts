import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, type JsonObject } from "../../core/json.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { Admin, Refusal } from "./admin.ts";
import type { ConfigFile } from "./config-file.ts";

/** What became of the configuration: written and published now, or found as it was when we last published it. */
export type Published = "published" | "unchanged";

/**
 * Writes the file as the site's draft and publishes it, unless this data directory last published the very same: what
 * people have changed through the API since then is theirs.
 *
 * @param origin where the website is, in place of what the file says.
 * @returns a message that names file and line when the Worker refuses.
 */
export async function publishFile(
  admin: Admin,
  data: string,
  file: ConfigFile,
  origin: string,
): Promise<Result<Published, string>> {
  // Here the one who starts it is alone: nobody else could approve. `apply` brings the file's own policy back.
  const { review: _, ...alone } = file.body;
  const body = { ...alone, origin };
  const memory = join(data, "published.sha256");
  const digest = digestOf(body);
  if ((await readFile(memory, "utf8").catch(() => "")) === digest) return ok("unchanged");
  const site = encodeURIComponent(file.site);
  const saved = await admin("PUT", `/sites/${site}/draft`, body);
  if (!saved.ok) return fail(toldOf(saved.error, file));
  const published = await admin("POST", `/sites/${site}/releases`, { checks: "none" });
  if (!published.ok) return fail(toldOf(published.error, file));
  await writeFile(memory, digest);
  return ok("published");
}

function digestOf(body: JsonObject): string {
  return createHash("sha256").update(canonicalJson(body)).digest("hex");
}

function toldOf({ title, detail, problems }: Refusal, file: ConfigFile): string {
  const head = [title, detail].filter((part) => part !== "").join(": ");
  return problems.length > 0 ? `${head}\n${file.tell(problems)}` : head;
}
