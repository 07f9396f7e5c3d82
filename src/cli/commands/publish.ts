import * as z from "zod";
import { bodyOf } from "../api.ts";
import { type Command, exitCodes } from "../command.ts";
import { plural, printPointers } from "../print.ts";
import { siteOf, sitePath } from "../site.ts";
import { hasMistakes } from "../stop.ts";

const published = z.object({ release: z.string(), killed: z.boolean() });

/** `caramel publish`: freezes the draft into a release and makes it live. */
export const publish: Command = {
  name: "publish",
  usage: "[--site KEY]",
  about: "make the site's draft live",
  details: ["Visitors see it within a minute. Go back at any time with `rollback`."],
  operands: [0, 0],
  options: ["site"],
  run: async (words, { terminal, api: connect }) => {
    const api = await connect();
    const site = await siteOf(words, api);
    const reply = await api.call("POST", sitePath(site, "/releases"));
    if (reply.refusal?.problems !== undefined) {
      const { problems } = reply.refusal;
      printPointers(problems, terminal);
      const errors = problems.filter(({ severity }) => severity === "error").length;
      throw hasMistakes(`The draft of ${site} has ${plural(errors, "mistake")}. What was live still is.`);
    }
    const { release, killed } = bodyOf(reply, published);
    terminal.out(`${site}: release ${release} is live.`);
    if (killed) terminal.err("The kill switch is on: pages pass through untouched. Switch it off with `kill off`.");
    return exitCodes.ok;
  },
};
