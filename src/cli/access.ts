import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import * as z from "zod";
import { serverTrouble, wrongUsage } from "./stop.ts";

/** Which admin API to speak to, and as whom. */
export interface Access {
  readonly url: string;
  readonly token: string;
  /** Said in messages: where the address came from. */
  readonly from: string;
}

export interface AccessSources {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly url: string | undefined;
  /** A file that holds the token and nothing else. */
  readonly tokenFile?: string | undefined;
}

/** What a running `npm start` leaves behind for us. */
const localFile = z.object({ url: z.string(), token: z.string() });
const localPath = join(".caramel", "local.json");

/**
 * Finds the server: `--remote` (or `--url`), else `CARAMEL_URL`, else the local one that `npm start` has announced. The token
 * comes from `--token-file`, else from `CARAMEL_TOKEN`, or from the local one's file when that is the server meant; never from
 * the command line itself, where other users of the machine and shell histories could see it.
 */
export async function findAccess({ cwd, env, url, tokenFile }: AccessSources): Promise<Access> {
  const local = await readLocal(cwd);
  const asked = url ?? env.CARAMEL_URL;
  const address = asked ?? local?.url;
  if (address === undefined) throw serverTrouble(nowhere);
  const parsed = URL.parse(address);
  if (parsed === null || !/^https?:$/.test(parsed.protocol))
    throw wrongUsage(`"${address}" is no address. Write it as https://books.example.`);
  const isLocal = local !== null && URL.parse(local.url)?.origin === parsed.origin;
  const filed = tokenFile === undefined ? undefined : await readToken(resolve(cwd, tokenFile));
  const token = filed ?? env.CARAMEL_TOKEN ?? (isLocal ? local.token : undefined);
  if (token === undefined)
    throw wrongUsage(`There is no token for ${parsed.origin}. Set CARAMEL_TOKEN, or name --token-file.`);
  const from = url !== undefined ? "--url" : env.CARAMEL_URL !== undefined ? "CARAMEL_URL" : localPath;
  return { url: parsed.origin, token, from };
}

const nowhere =
  "No server runs here. Start it with `npm start`, or name another: --url https://books.example, and CARAMEL_TOKEN.";

async function readToken(path: string): Promise<string> {
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) throw wrongUsage(`There is no token file ${path}.`);
  return text.trim();
}

async function readLocal(cwd: string): Promise<z.infer<typeof localFile> | null> {
  const text = await readFile(join(cwd, localPath), "utf8").catch(() => null);
  if (text === null) return null;
  try {
    return localFile.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
