import { exportDraft } from "../../core/config/export.ts";
import { type Command, exitCodes } from "../command.ts";
import { readConfig } from "../config-file.ts";
import { plural } from "../print.ts";

/** `caramel check FILE`: everything that can be told without a server. */
export const check: Command = {
  name: "check",
  usage: "FILE",
  about: "look for mistakes in a configuration file; needs no server",
  details: [
    "Tells file, line and column of every mistake, and what to write instead.",
    "Whether HTMLRewriter takes a selector is known for sure only by the server: `apply` asks it.",
  ],
  operands: [1, 1],
  options: [],
  run: async ({ operands }, surroundings) => {
    const [name = ""] = operands;
    const { draft } = await readConfig(name, surroundings);
    const { experiences } = exportDraft(draft);
    const count = Object.keys(experiences ?? {}).length;
    surroundings.terminal.out(`${name} is fine: site ${draft.site.key}, ${plural(count, "experience")}.`);
    return exitCodes.ok;
  },
};
