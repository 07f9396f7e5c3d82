import * as z from "zod";
import { bodyOf } from "../api.ts";
import { type Command, exitCodes } from "../command.ts";
import { siteOf, sitePath } from "../site.ts";

const decided = z.object({ release: z.string(), state: z.string() });

/** `caramel approve RELEASE`: agrees to a release that is in review, or rejects it. */
export const approve: Command = {
  name: "approve",
  usage: "RELEASE [--reject] [--note TEXT] [--site KEY]",
  about: "approve a release that is in review, or reject it",
  details: [
    "The approval is for this very release, and void once the draft is edited. Whether you may approve what you wrote",
    "yourself is for the site to say (review: { ownApproval: … }).",
  ],
  operands: [1, 1],
  options: ["site", "note", "reject"],
  run: async (words, { terminal, api: connect }) => {
    const api = await connect();
    const site = await siteOf(words, api);
    const [id = ""] = words.operands;
    const { note = "", reject } = words.options;
    const path = sitePath(site, `/releases/${encodeURIComponent(id)}/approval`);
    const reply = await api.call("POST", path, { body: { approved: reject === undefined, note } });
    const { release, state } = bodyOf(reply, decided);
    terminal.out(`${site}: release ${release} is ${state}.`);
    if (state === "approved") terminal.err(`Make it live with: npm run caramel -- publish ${release}`);
    return exitCodes.ok;
  },
};
