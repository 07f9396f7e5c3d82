import * as z from "zod";
import type { JsonObject } from "../core/json.ts";
import type { Api } from "./api.ts";
import { bodyOf } from "./api.ts";
import { type Change, changesBetween } from "./changes.ts";
import { sitePath } from "./site.ts";
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

/** What a file would change on the server. */
export const changesTo = (draft: ServerDraft | "broken" | null, file: JsonObject): readonly Change[] =>
  changesBetween(draft === null || draft === "broken" ? null : draft.file, file);

const colours = { "+": "green", "~": "yellow", "-": "red" } as const;

export function printChanges(changes: readonly Change[], { out, paint }: Terminal): void {
  for (const { kind, what } of changes) out(`  ${paint(colours[kind], kind)} ${what}`);
}
