import * as z from "zod";
import { bodyOf } from "../api.ts";
import { type Command, exitCodes } from "../command.ts";
import { siteOf, sitePath } from "../site.ts";

const shown = z.object({ key: z.string() });

/** `caramel identify-key`: the key with which the site's own server signs the ids of its users. */
export const identifyKey: Command = {
  name: "identify-key",
  usage: "[--site KEY]",
  about: "print the secret key with which the site's server signs its users' ids",
  details: [
    "hmac = hex(HMAC-SHA-256(key, user)); the page sends { user, hmac } to /_caramel/identify when somebody logs in.",
    "Keep it on the server: whoever has it can be anybody.",
  ],
  operands: [0, 0],
  options: ["site"],
  run: async (words, { terminal, api: connect }) => {
    const api = await connect();
    const site = await siteOf(words, api);
    terminal.out(bodyOf(await api.call("POST", sitePath(site, "/identify-key")), shown).key);
    return exitCodes.ok;
  },
};
