import { exportDraft } from "../../core/config/export.ts";
import { type Command, exitCodes } from "../command.ts";
import { readConfig } from "../config-file.ts";
import { changesTo, printChanges, readDraft } from "../draft.ts";

/** `caramel plan FILE`: checks, and shows what `apply` would change. Changes nothing. */
export const plan: Command = {
  name: "plan",
  usage: "FILE",
  about: "show what `apply` would change on the server; changes nothing",
  details: ["+ is added, ~ is changed, - is removed."],
  operands: [1, 1],
  options: [],
  run: async ({ operands }, surroundings) => {
    const [name = ""] = operands;
    const { draft } = await readConfig(name, surroundings);
    const api = await surroundings.api();
    const site = draft.site.key;
    const changes = changesTo(await readDraft(site, api), exportDraft(draft));
    const { terminal } = surroundings;
    if (changes.length === 0) terminal.out(`${name} changes nothing: the draft of ${site} at ${api.url} is the same.`);
    else terminal.out(`${name} would change the draft of ${site} at ${api.url}:`);
    printChanges(changes, terminal);
    return exitCodes.ok;
  },
};
