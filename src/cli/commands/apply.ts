import * as z from "zod";
import { exportDraft } from "../../core/config/export.ts";
import { bodyOf, problemsShape, type Reply } from "../api.ts";
import { type Command, exitCodes, type Surroundings } from "../command.ts";
import { type ConfigFile, readConfig } from "../config-file.ts";
import { changesTo, printChanges, readDraft } from "../draft.ts";
import { plural, printProblems } from "../print.ts";
import { sitePath } from "../site.ts";
import { hasMistakes, serverTrouble } from "../stop.ts";

const written = z.object({ revision: z.number(), problems: problemsShape });

/** `caramel apply FILE`: writes the file as the site's draft. Nothing is live until `publish`. */
export const apply: Command = {
  name: "apply",
  usage: "FILE",
  about: "write a configuration file to the server as the site's draft",
  details: [
    "Makes the site if there is none. Whatever the file does not name is removed from the draft.",
    "Nothing changes for visitors until `publish`.",
  ],
  operands: [1, 1],
  options: [],
  run: async ({ operands }, surroundings) => {
    const [name = ""] = operands;
    const file = await readConfig(name, surroundings);
    const api = await surroundings.api();
    const site = file.draft.site.key;
    const before = await readDraft(site, api);
    const body = exportDraft(file.draft);
    const condition =
      before === null ? { "if-none-match": "*" } : { "if-match": before === "broken" ? "*" : before.etag };
    const reply = await api.call("PUT", sitePath(site, "/draft"), {
      body,
      headers: condition as Record<string, string>,
    });
    const { revision } = readReply(reply, file, surroundings);
    const changes = changesTo(before, file.draft);
    surroundings.terminal.out(
      `The draft of ${site} is at revision ${revision}: ${changes.length === 0 ? "nothing changed" : plural(changes.length, "change")}.`,
    );
    printChanges(changes, surroundings.terminal);
    surroundings.terminal.err("Make it live with: npm run caramel -- publish");
    return exitCodes.ok;
  },
};

const conflict = z.object({
  detail: z.string(),
  edits: z.array(z.object({ by: z.string(), at: z.string(), changes: z.array(z.string()) })).optional(),
});

/** What the other changed, so that it can be taken over. */
function overtakenBy({ body }: Reply): string {
  const { data } = conflict.safeParse(body);
  const edits = (data?.edits ?? []).map(({ by, at, changes }) => [`${by}, ${at}:`, ...changes].join("\n  "));
  return [data?.detail ?? "Somebody else changed the draft just now.", ...edits, "Run `plan` again and look."].join(
    "\n",
  );
}

/** Mistakes that only the server could find stand in the file all the same. */
function readReply(reply: Reply, file: ConfigFile, { terminal }: Surroundings): z.infer<typeof written> {
  const { refusal, status } = reply;
  if (status === 409) throw serverTrouble(overtakenBy(reply));
  if (refusal?.problems === undefined) return bodyOf(reply, written);
  printProblems(file.placed(refusal.problems), file.name, terminal);
  const errors = refusal.problems.filter(({ severity }) => severity === "error").length;
  throw hasMistakes(`${file.name} has ${plural(errors, "mistake")}. Nothing was changed.`);
}
