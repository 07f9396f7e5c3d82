import * as z from "zod";
import { bodyOf, everyItem } from "../api.ts";
import { type Command, exitCodes } from "../command.ts";
import { siteOf, sitePath } from "../site.ts";
import type { Terminal } from "../terminal.ts";

const step = z.object({ step: z.string(), by: z.string(), atMs: z.number(), note: z.string() });
const listedRelease = z.object({
  id: z.string(),
  createdAtMs: z.number(),
  state: z.string(),
  scheduledAtMs: z.number().nullable(),
  last: step.nullable(),
});
const listed = z.object({
  killed: z.boolean(),
  staged: z.object({ release: z.string(), shareBps: z.number() }).nullable(),
});

/** `caramel releases`: what was submitted and published, newest first, and where each stands. */
export const releases: Command = {
  name: "releases",
  usage: "[--site KEY]",
  about: "list the site's releases, newest first, with where each stands",
  details: [
    "review: waits for a verdict; approved, rejected; void: approved, but the draft was edited since; live; staged: for some",
    "visitors; superseded: another came after; rolled back: an earlier one was put back.",
  ],
  operands: [0, 0],
  options: ["site"],
  run: async (words, { terminal, api: connect }) => {
    const api = await connect();
    const site = await siteOf(words, api);
    const path = sitePath(site, "/releases");
    const all = await everyItem(api, path, "releases", listedRelease);
    const { killed, staged } = bodyOf(await api.call("GET", path), listed);
    if (all.length === 0) terminal.err(`${site} has no release yet. Make one with \`publish\`.`);
    for (const release of all) terminal.out(lineOf(release, staged?.shareBps ?? 0, terminal));
    if (killed) terminal.err("The kill switch is on: pages pass through untouched.");
    return exitCodes.ok;
  },
};

const iso = (ms: number): string => new Date(ms).toISOString();

function lineOf(release: z.output<typeof listedRelease>, stagedBps: number, { paint }: Terminal): string {
  const { id, createdAtMs, state, scheduledAtMs, last } = release;
  const word = state.replace("_", " ");
  const shown = state === "live" ? paint("green", word) : word;
  const more = [
    ...(state === "staged" ? [`for ${stagedBps / 100} %`] : []),
    ...(scheduledAtMs === null ? [] : [`for ${iso(scheduledAtMs)}`]),
    ...(last === null ? [] : [`by ${last.by}`]),
    ...(last === null || last.note === "" ? [] : [JSON.stringify(last.note)]),
  ];
  return [`${id}  ${iso(createdAtMs)}  ${shown}`, ...more].join(" ");
}
