import * as z from "zod";
import { bodyOf } from "../api.ts";
import { type Command, exitCodes } from "../command.ts";
import { siteOf, sitePath } from "../site.ts";

const live = z.object({ release: z.string() });

/** `caramel rollback ID`: makes an earlier release live again. The draft stays as it is. */
export const rollback: Command = {
  name: "rollback",
  usage: "RELEASE [--site KEY]",
  about: "make an earlier release live again",
  details: ["`releases` lists them. The draft stays as it is."],
  operands: [1, 1],
  options: ["site"],
  run: async (words, { terminal, api: connect }) => {
    const api = await connect();
    const site = await siteOf(words, api);
    const [id = ""] = words.operands;
    const reply = await api.call("POST", sitePath(site, `/releases/${encodeURIComponent(id)}/live`));
    terminal.out(`${site}: release ${bodyOf(reply, live).release} is live.`);
    return exitCodes.ok;
  },
};
