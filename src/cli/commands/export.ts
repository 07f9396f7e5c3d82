import { stringify } from "yaml";
import { type Command, exitCodes } from "../command.ts";
import { readDraft } from "../draft.ts";
import { siteOf } from "../site.ts";
import { hasMistakes, serverTrouble, wrongUsage } from "../stop.ts";

/** `caramel export`: the draft as a file, in a stable order: applying it again changes nothing. */
export const exportCommand: Command = {
  name: "export",
  usage: "[--site KEY] [--format yaml|json]",
  about: "print the site's draft as a configuration file",
  details: ["The order is stable and defaults are left out, so that two exports differ only where the drafts do."],
  operands: [0, 0],
  options: ["site", "format"],
  run: async (words, { terminal, api: connect }) => {
    const { format = "yaml" } = words.options;
    if (format !== "yaml" && format !== "json") throw wrongUsage(`--format is yaml or json, not "${format}".`);
    const api = await connect();
    const site = await siteOf(words, api);
    const draft = await readDraft(site, api);
    if (draft === null) throw serverTrouble(`There is no site "${site}".`);
    if (draft === "broken") throw hasMistakes(`The rows of ${site} were broken by hand; \`publish\` tells where.`);
    terminal.out(
      format === "json" ? JSON.stringify(draft.file, null, 2) : stringify(draft.file, { lineWidth: 120 }).trimEnd(),
    );
    return exitCodes.ok;
  },
};
