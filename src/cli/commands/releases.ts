import * as z from "zod";
import { bodyOf } from "../api.ts";
import { type Command, exitCodes } from "../command.ts";
import { siteOf, sitePath } from "../site.ts";

const listed = z.object({
  killed: z.boolean(),
  releases: z.array(z.object({ id: z.string(), createdAtMs: z.number(), live: z.boolean() })),
});

/** `caramel releases`: what was published, newest first. */
export const releases: Command = {
  name: "releases",
  usage: "[--site KEY]",
  about: "list the site's releases, newest first",
  details: [],
  operands: [0, 0],
  options: ["site"],
  run: async (words, { terminal, api: connect }) => {
    const api = await connect();
    const site = await siteOf(words, api);
    const { releases: all, killed } = bodyOf(await api.call("GET", sitePath(site, "/releases")), listed);
    if (all.length === 0) terminal.err(`${site} has no release yet. Make one with \`publish\`.`);
    for (const { id, createdAtMs, live } of all) {
      const mark = live ? terminal.paint("green", "  live") : "";
      terminal.out(`${id}  ${new Date(createdAtMs).toISOString()}${mark}`);
    }
    if (killed) terminal.err("The kill switch is on: pages pass through untouched.");
    return exitCodes.ok;
  },
};
