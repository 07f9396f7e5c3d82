import * as z from "zod";
import { bodyOf, problemsShape } from "../api.ts";
import { type Command, exitCodes } from "../command.ts";
import { plural, printPointers } from "../print.ts";
import { siteOf, sitePath } from "../site.ts";
import { draftHasMistakes } from "./publish.ts";

const submitted = z.object({ release: z.string(), changes: z.array(z.string()), problems: problemsShape });

/** `caramel submit`: freezes the draft into a release and asks for a verdict on it. */
export const submit: Command = {
  name: "submit",
  usage: "[--note TEXT] [--checks none|live|strict] [--site KEY]",
  about: "freeze the site's draft into a release and put it forward for review",
  details: [
    "Prints the release, and what it would change. The approval holds for this very release: an edit of the draft voids it.",
    "Also the way to a release that `publish RELEASE` makes live at a time or for some visitors first.",
  ],
  operands: [0, 0],
  options: ["site", "note", "checks"],
  run: async (words, { terminal, api: connect }) => {
    const api = await connect();
    const site = await siteOf(words, api);
    const { note = "", checks } = words.options;
    terminal.err(`Checking ${site} and its live pages …`);
    const body = { note, ...(checks === undefined ? {} : { checks }) };
    const reply = await api.call("POST", sitePath(site, "/reviews"), { body });
    draftHasMistakes(reply, site, terminal);
    const { release, changes, problems } = bodyOf(reply, submitted);
    printPointers(problems, terminal);
    terminal.out(`${site}: release ${release} is in review: ${plural(changes.length, "change")}.`);
    for (const line of changes) terminal.out(`  ${line}`);
    terminal.err(`Somebody who may approve says: npm run caramel -- approve ${release}`);
    return exitCodes.ok;
  },
};
