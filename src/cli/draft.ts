import * as z from "zod";
import { parseSiteFile } from "../core/config/site-file.ts";
import { type Change, changesBetween } from "../core/diff/changes.ts";
import type { Draft } from "../core/draft.ts";
import type { JsonObject } from "../core/json.ts";
import type { Api } from "./api.ts";
import { bodyOf } from "./api.ts";
import { sitePath } from "./site.ts";
import { serverTrouble } from "./stop.ts";
import type { Terminal } from "./terminal.ts";

/** A site's draft on the server, with its revision as an entity tag. */
export interface ServerDraft {
  readonly file: JsonObject;
  readonly etag: string;
}

const anyFile = z.record(z.string(), z.unknown());

/** `null` when there is no such site. Rows that were broken by hand are `broken`: they can only be overwritten. */
export async function readDraft(site: string, api: Api): Promise<ServerDraft | "broken" | null> {
  const reply = await api.call("GET", sitePath(site, "/draft"));
  if (reply.status === 404) return null;
  if (reply.status === 422) return "broken";
  return { file: bodyOf(reply, anyFile) as JsonObject, etag: reply.etag ?? "*" };
}

/** A file that the server wrote, as a draft. */
export function draftIn(file: JsonObject): Draft {
  const parsed = parseSiteFile(file);
  if (!parsed.ok) throw serverTrouble("The server's configuration can't be read. Do both speak the same version?");
  return parsed.value;
}

/** What a draft would change on the server. */
export const changesTo = (draft: ServerDraft | "broken" | null, after: Draft): readonly Change[] =>
  changesBetween(draft === null || draft === "broken" ? null : draftIn(draft.file), after);

const marks = {
  added: { mark: "+", colour: "green" },
  changed: { mark: "~", colour: "yellow" },
  removed: { mark: "-", colour: "red" },
} as const;

/** A change that fits stands in one line. */
const lineCharacters = 150;

/** The change list: an entity a line, or what is different about it below, a line each. */
export function printChanges(changes: readonly Change[], { out, paint }: Terminal): void {
  for (const { kind, group, key, details } of changes) {
    const { mark, colour } = marks[kind];
    const what = group === "site" ? key : `${group} ${key}`;
    const line = details.length === 0 ? what : `${what}: ${details.join("; ")}`;
    if (line.length <= lineCharacters) out(`  ${paint(colour, mark)} ${line}`);
    else
      for (const [at, text] of [what, ...details].entries()) out(`  ${at === 0 ? paint(colour, mark) : "   "} ${text}`);
  }
}
