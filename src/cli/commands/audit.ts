import { createHash } from "node:crypto";
import * as z from "zod";
import { type AuditRow, noRowsYet, verifyRows } from "../../core/audit.ts";
import { everySite } from "../../core/roles.ts";
import { everyItem } from "../api.ts";
import { type Command, exitCodes } from "../command.ts";
import { siteOf, sitePath } from "../site.ts";
import { hasMistakes, wrongUsage } from "../stop.ts";

const text = z.string();
const row = z.object({
  site: text,
  seq: z.number(),
  atMs: z.number(),
  principal: text,
  action: text,
  subject: text,
  outcome: z.enum(["begun", "done", "refused", "failed", "read"]),
  before: text.nullable(),
  after: text.nullable(),
  reason: text.nullable(),
  request: text,
  previous: text,
  hash: text,
}) satisfies z.ZodType<AuditRow>;

const digest = async (said: string): Promise<string> => createHash("sha256").update(said).digest("hex");

/** `caramel audit show|verify`: who did what, and whether the record is whole. */
export const audit: Command = {
  name: "audit",
  usage: "show|verify [--site KEY|*] [--head HASH]",
  about: "show who did what, or verify that nothing of it was changed or left out",
  details: [
    "Each row holds a hash over itself and the row before. `verify` computes all of them anew, here, and prints the last:",
    "note it elsewhere. --head HASH asks whether the row of that hash, noted earlier, is still in the chain.",
    "--site '*' is the deployment's own record: logins, and tokens and roles for more than one site.",
  ],
  operands: [1, 1],
  options: ["site", "head"],
  run: async (words, { terminal, api: connect }) => {
    const [word] = words.operands;
    if (word !== "show" && word !== "verify") throw wrongUsage("Write `audit show` or `audit verify`.");
    const api = await connect();
    const site = words.options.site === everySite ? everySite : await siteOf(words, api);
    const path = site === everySite ? "/audit?limit=500" : sitePath(site, "/audit?limit=500");
    const rows = await everyItem(api, path, "rows", row);
    if (word === "show") for (const one of rows) terminal.out(lineOf(one));
    else terminal.out(await verdict(site, rows, words.options.head));
    return exitCodes.ok;
  },
};

function lineOf({ seq, atMs, principal, action, subject, outcome, before, after, reason }: AuditRow): string {
  const change = before === null && after === null ? "" : `  ${before ?? "nothing"} → ${after ?? "nothing"}`;
  const why = reason === null ? "" : `  because "${reason}"`;
  return `${seq}  ${new Date(atMs).toISOString()}  ${principal}  ${action} ${outcome}  ${subject}${change}${why}`;
}

/** @throws `Stop` when the chain is broken, or no longer holds the head that was noted. */
async function verdict(site: string, rows: readonly AuditRow[], head: string | undefined): Promise<string> {
  const foreign = rows.find((one) => one.site !== site);
  if (foreign !== undefined) throw hasMistakes(`Row ${foreign.seq} is of another site: ${foreign.site}.`);
  const end = await verifyRows(rows, noRowsYet, digest);
  if ("what" in end) throw hasMistakes(`The audit of ${site} is broken at row ${end.seq}: it is ${end.what}.`);
  if (head !== undefined && !rows.some(({ hash }) => hash === head))
    throw hasMistakes(
      `The audit of ${site} has no row with the hash ${head}: rows after it were taken away, or it never was.`,
    );
  return `${site}: ${end.seq} rows, unbroken. Head: ${end.hash === "" ? "none yet" : end.hash}`;
}
