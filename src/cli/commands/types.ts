import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Command, exitCodes } from "../command.ts";
import { readConfig } from "../config-file.ts";
import { readLive } from "../live.ts";
import { siteOf } from "../site.ts";
import { serverTrouble } from "../stop.ts";
import { typesOf } from "../type-script.ts";

/** `caramel types`: TypeScript of a file's slots and events, or of what is live. */
export const types: Command = {
  name: "types",
  usage: "[FILE] [--output FILE] [--site KEY]",
  about: "write TypeScript types for slots and events",
  details: ["Of a configuration file, or else of what is live on the server. Without --output it is printed."],
  operands: [0, 1],
  options: ["site", "output"],
  run: async (words, surroundings) => {
    const [name] = words.operands;
    const { terminal, cwd } = surroundings;
    const draft = name === undefined ? null : (await readConfig(name, surroundings)).draft;
    const text = typesOf(draft ?? (await liveDraft(words, surroundings)));
    const { output } = words.options;
    if (output === undefined) terminal.out(text);
    else await writeFile(resolve(cwd, output), `${text}\n`);
    return exitCodes.ok;
  },
};

async function liveDraft(words: Parameters<Command["run"]>[0], { api: connect }: Parameters<Command["run"]>[1]) {
  const api = await connect();
  const site = await siteOf(words, api);
  const live = await readLive(site, api);
  if (live === null) throw serverTrouble(`Nothing of ${site} is live yet. Name a file.`);
  return live;
}
