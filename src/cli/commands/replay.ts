import * as z from "zod";
import { percent } from "../../core/diff/words.ts";
import { bodyOf } from "../api.ts";
import { type Command, exitCodes } from "../command.ts";
import { plural } from "../print.ts";
import { siteOf, sitePath } from "../site.ts";
import { draftHasMistakes } from "./publish.ts";

const variant = z.string().nullable();
const replayed = z.object({
  live: z.string(),
  release: z.string(),
  contexts: z.number(),
  changed: z.number(),
  changes: z.array(z.object({ experience: z.string(), from: variant, to: variant, share: z.number() })),
  unknown: z.array(z.object({ experience: z.string(), why: z.string() })),
});
type Change = z.output<typeof replayed>["changes"][number];

/** `caramel replay`: what the draft, or a release, would change for visitors like those who came. */
export const replayCommand: Command = {
  name: "replay",
  usage: "[RELEASE] [--detect] [--site KEY] [--format json]",
  about: "decide recorded contexts under what is live and under the draft, and say who would see what change",
  details: [
    "Of one visitor in a hundred it is recorded on which kind of page they were, and as what kind of visitor: route, country,",
    "device, language, hour, audiences. Nothing leads back to anybody. At most 2000 a site are kept, for thirty days.",
    "With --detect it ends with 4 when anybody would see a change.",
  ],
  operands: [0, 1],
  options: ["site", "format", "detect"],
  run: async (words, { terminal, api: connect }) => {
    const api = await connect();
    const site = await siteOf(words, api);
    const [release] = words.operands;
    const reply = await api.call("POST", sitePath(site, "/replay"), { body: release === undefined ? {} : { release } });
    draftHasMistakes(reply, site, terminal);
    const found = bodyOf(reply, replayed);
    if (words.options.format === "json") terminal.out(JSON.stringify(found, null, 2));
    else for (const line of linesOf(found)) terminal.out(line);
    return words.options.detect !== undefined && found.changes.length > 0 ? exitCodes.changes : exitCodes.ok;
  },
};

function linesOf({ live, release, contexts, changed, changes, unknown }: z.output<typeof replayed>): readonly string[] {
  if (contexts === 0) return ["Nothing is recorded yet: contexts come with the exposures of one visitor in a hundred."];
  return [
    `${percent(changed)} of visitors would see a change from ${live} to ${release} (${plural(contexts, "recorded context")}).`,
    ...changes.map(changeLine),
    ...unknown.map(({ experience, why }) => `  ${experience} is left out: ${why}.`),
  ];
}

function changeLine({ experience, from, to, share }: Change): string {
  const what = from === to ? `${from} looks different` : `${from ?? "nothing"} → ${to ?? "nothing"}`;
  return `  ${percent(share)}  ${experience}: ${what}`;
}
