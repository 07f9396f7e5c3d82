import * as z from "zod";
import { bodyOf } from "../api.ts";
import { type Command, exitCodes } from "../command.ts";
import { siteOf, sitePath } from "../site.ts";
import { wrongUsage } from "../stop.ts";

const outcome = z.object({ atEdge: z.boolean(), inDatabase: z.boolean() });

/** `caramel kill on|off`: lets every page pass through untouched, or stops doing so. */
export const kill: Command = {
  name: "kill",
  usage: "on|off [--site KEY]",
  about: "switch all personalization of the site off (kill on) or on again (kill off)",
  details: ["Takes effect within a minute, also while the database is away. Publishing does not undo it."],
  operands: [1, 1],
  options: ["site"],
  run: async (words, { terminal, api: connect }) => {
    const [word] = words.operands;
    if (word !== "on" && word !== "off") throw wrongUsage(`Write \`kill on\` or \`kill off\`, not \`kill ${word}\`.`);
    const api = await connect();
    const site = await siteOf(words, api);
    const reply = await api.call("POST", sitePath(site, "/kill"), { body: { killed: word === "on" } });
    const { atEdge, inDatabase } = bodyOf(reply, outcome);
    terminal.out(`${site}: pages ${word === "on" ? "pass through untouched" : "are personalised"} within a minute.`);
    if (!inDatabase) terminal.err("The database was away; the switch will be written there later.");
    if (!atEdge) terminal.err("The edge was not reached yet; it will follow the database.");
    return exitCodes.ok;
  },
};
