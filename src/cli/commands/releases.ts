import * as z from "zod";
import { bodyOf, everyItem } from "../api.ts";
import { type Command, exitCodes } from "../command.ts";
import { siteOf, sitePath } from "../site.ts";

const release = z.object({ id: z.string(), createdAtMs: z.number(), live: z.boolean() });

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
    const all = await everyItem(api, sitePath(site, "/releases"), "releases", release);
    const { killed } = bodyOf(
      await api.call("GET", sitePath(site, "/releases?limit=1")),
      z.object({ killed: z.boolean() }),
    );
    if (all.length === 0) terminal.err(`${site} has no release yet. Make one with \`publish\`.`);
    for (const { id, createdAtMs, live } of all) {
      const mark = live ? terminal.paint("green", "  live") : "";
      terminal.out(`${id}  ${new Date(createdAtMs).toISOString()}${mark}`);
    }
    if (killed) terminal.err("The kill switch is on: pages pass through untouched.");
    return exitCodes.ok;
  },
};
