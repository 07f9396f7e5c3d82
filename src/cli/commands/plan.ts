import { changesBetween } from "../../core/diff/changes.ts";
import type { Draft } from "../../core/draft.ts";
import type { Api } from "../api.ts";
import { type Command, type ExitCode, exitCodes, type Surroundings } from "../command.ts";
import { readConfig } from "../config-file.ts";
import { changesTo, printChanges, readDraft } from "../draft.ts";
import { readLive } from "../live.ts";

/** `caramel plan FILE`: checks, and shows what `apply` and a publish would change. Changes nothing. */
export const plan: Command = {
  name: "plan",
  usage: "FILE [--detect]",
  about: "show what `apply`, and then publishing, would change; changes nothing",
  details: [
    "+ is added, ~ is changed, - is removed. Of weights, coverage and the like it says how many visitors would move.",
    "First what differs from the draft on the server; then, if that is something else, from what visitors get now.",
    "With --detect it ends with 4 when there is a change, for pipelines.",
  ],
  operands: [1, 1],
  options: ["detect"],
  run: async ({ operands, options }, surroundings) => {
    const [name = ""] = operands;
    const { draft } = await readConfig(name, surroundings);
    const api = await surroundings.api();
    const site = draft.site.key;
    const before = await readDraft(site, api);
    const changes = changesTo(before, draft);
    const { terminal } = surroundings;
    if (changes.length === 0) terminal.out(`${name} changes nothing: the draft of ${site} at ${api.url} is the same.`);
    else terminal.out(`${name} would change the draft of ${site} at ${api.url}:`);
    printChanges(changes, terminal);
    const forVisitors = before === null ? 0 : await planPublish(draft, changes, api, surroundings);
    return exitCodeFor(changes.length + forVisitors, options.detect !== undefined);
  },
};

/** Says what visitors would notice, unless that has just been said. @returns how many changes there are. */
async function planPublish(
  draft: Draft,
  known: ReturnType<typeof changesTo>,
  api: Api,
  { terminal }: Surroundings,
): Promise<number> {
  const live = await readLive(draft.site.key, api);
  if (live === null) return 0;
  const changes = changesBetween(live, draft);
  if (JSON.stringify(changes) === JSON.stringify(known)) return changes.length;
  terminal.out(changes.length === 0 ? "It is what is live." : "Once published, compared with what is live:");
  printChanges(changes, terminal);
  return changes.length;
}

const exitCodeFor = (changes: number, detect: boolean): ExitCode =>
  detect && changes > 0 ? exitCodes.changes : exitCodes.ok;
