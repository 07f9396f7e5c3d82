import * as z from "zod";
import { type Api, bodyOf, problemsShape, type Reply } from "../api.ts";
import { type Command, exitCodes } from "../command.ts";
import { plural, printPointers } from "../print.ts";
import { siteOf, sitePath } from "../site.ts";
import { hasMistakes, wrongUsage } from "../stop.ts";
import type { Terminal } from "../terminal.ts";

const published = z.object({ release: z.string(), killed: z.boolean(), problems: problemsShape.default([]) });
const staged = z.object({ release: z.string() });
const scheduled = z.object({ at: z.string().nullable() });

/** `caramel publish`: freezes the draft into a release and makes it live; or makes a release live that was submitted. */
export const publish: Command = {
  name: "publish",
  usage: "[RELEASE [--at TIME] [--share PERCENT]] [--checks none|live|strict] [--site KEY]",
  about: "make the site's draft live, or a release that was submitted for review",
  details: [
    "Selectors and links of the draft are tried on the live website: warnings by default; --checks strict makes them mistakes.",
    "Visitors see it within a minute. Go back at any time with `rollback`.",
    "--at 2026-12-01T06:00:00Z makes it live by itself, within five minutes of that time; --at never takes that back.",
    "--share 10% gives it to a tenth of the visitors first; a larger share later moves nobody back; --share 0% ends it.",
  ],
  operands: [0, 1],
  options: ["site", "at", "share", "checks"],
  run: async (words, { terminal, api: connect }) => {
    const { at, share } = words.options;
    const [release] = words.operands;
    if (release === undefined && (at ?? share) !== undefined)
      throw wrongUsage("Name the release: `submit` freezes the draft into one.");
    if (at !== undefined && share !== undefined) throw wrongUsage("--at and --share don't go together.");
    const api = await connect();
    const site = await siteOf(words, api);
    if (release !== undefined && at !== undefined) await scheduleAt(site, release, at, api, terminal);
    else if (release !== undefined && share !== undefined) await stageFor(site, release, share, api, terminal);
    else await publishNow(site, release ?? null, words.options.checks, api, terminal);
    return exitCodes.ok;
  },
};

const releasePath = (site: string, release: string, rest: string): string =>
  sitePath(site, `/releases/${encodeURIComponent(release)}${rest}`);

async function publishNow(
  site: string,
  release: string | null,
  checks: string | undefined,
  api: Api,
  terminal: Terminal,
): Promise<void> {
  if (release === null) terminal.err(`Checking ${site} and its live pages …`);
  const reply =
    release === null
      ? await api.call("POST", sitePath(site, "/releases"), { body: checks === undefined ? {} : { checks } })
      : await api.call("POST", releasePath(site, release, "/publication"));
  draftHasMistakes(reply, site, terminal);
  const { release: live, killed, problems } = bodyOf(reply, published);
  printPointers(problems, terminal);
  terminal.out(`${site}: release ${live} is live.`);
  if (killed) terminal.err("The kill switch is on: pages pass through untouched. Switch it off with `kill off`.");
}

async function scheduleAt(site: string, release: string, at: string, api: Api, { out }: Terminal): Promise<void> {
  const time = at === "never" ? null : new Date(at);
  if (time !== null && Number.isNaN(time.getTime()))
    throw wrongUsage(`"${at}" is no time such as 2026-12-01T06:00:00Z.`);
  const body = { at: time === null ? null : time.toISOString() };
  const set = bodyOf(await api.call("PUT", releasePath(site, release, "/schedule"), { body }), scheduled);
  out(
    set.at === null
      ? `${site}: release ${release} is not scheduled any more.`
      : `${site}: release ${release} goes live at ${set.at}.`,
  );
}

async function stageFor(site: string, release: string, share: string, api: Api, { out }: Terminal): Promise<void> {
  const reply = await api.call("PUT", releasePath(site, release, "/stage"), { body: { share } });
  if (reply.refusal?.problems !== undefined) throw wrongUsage(`"${share}" is no share such as 10%.`);
  const { release: live } = bodyOf(reply, staged);
  const all = /^0+(\.0+)?\s?%$/.test(share);
  out(
    all
      ? `${site}: everybody gets ${live} again.`
      : `${site}: ${share} of the visitors get ${release}, the others ${live}.`,
  );
}

/** Ends the command when the draft can't be frozen, having printed why. */
export function draftHasMistakes({ refusal }: Reply, site: string, terminal: Terminal): void {
  if (refusal?.problems === undefined) return;
  printPointers(refusal.problems, terminal);
  const errors = refusal.problems.filter(({ severity }) => severity === "error").length;
  throw hasMistakes(`The draft of ${site} has ${plural(errors, "mistake")}. What was live still is.`);
}
