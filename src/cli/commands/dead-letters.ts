import * as z from "zod";
import { type Api, bodyOf } from "../api.ts";
import { type Command, type ExitCode, exitCodes } from "../command.ts";
import { plural } from "../print.ts";
import { siteOf, sitePath } from "../site.ts";
import { wrongUsage } from "../stop.ts";
import type { Terminal } from "../terminal.ts";

const listShape = z.object({
  total: z.number(),
  letters: z.array(
    z.object({
      id: z.string(),
      visitor: z.string().nullable(),
      reason: z.string(),
      times: z.number(),
      atMs: z.number(),
      events: z.array(z.string()),
    }),
  ),
});
const replayShape = z.object({ sent: z.number(), left: z.number() });

const idCharacters = 12;

/** `caramel dead-letters list|replay`: messages about visitors that could not be taken in. */
export const deadLetters: Command = {
  name: "dead-letters",
  usage: "list|replay [--site KEY]",
  about: "list messages that could not be taken in, or put them back on the queue",
  details: [
    "Replaying is safe to repeat: an event counts once, however often its message comes.",
    "What still can't be taken in comes back here after a quarter of an hour. Letters are kept for four weeks.",
  ],
  operands: [1, 1],
  options: ["site"],
  run: async (words, { terminal, api: connect }) => {
    const [what] = words.operands;
    if (what !== "list" && what !== "replay") throw wrongUsage("Write `dead-letters list` or `dead-letters replay`.");
    const api = await connect();
    const path = sitePath(await siteOf(words, api), "/dead-letters");
    return what === "list" ? list(path, api, terminal) : replay(path, api, terminal);
  },
};

async function list(path: string, api: Api, terminal: Terminal): Promise<ExitCode> {
  const { letters, total } = bodyOf(await api.call("GET", path), listShape);
  for (const { id, atMs, times, visitor, events, reason } of letters) {
    const what = events.join(",") || "no events";
    terminal.out(
      `${id.slice(0, idCharacters)}  ${new Date(atMs).toISOString()}  ${times}x  ${visitor ?? "?"}  ${what}  ${reason}`,
    );
  }
  terminal.err(
    total > letters.length ? `${total} in all; the oldest ${letters.length} are shown.` : plural(total, "dead letter"),
  );
  return exitCodes.ok;
}

/** What comes back meanwhile is left for another time: it would go round for ever. */
async function replay(path: string, api: Api, terminal: Terminal): Promise<ExitCode> {
  const until = Date.now();
  for (let all = 0; ; ) {
    const { sent, left } = bodyOf(await api.call("POST", `${path}/replay`, { body: { until } }), replayShape);
    all += sent;
    if (sent > 0 && left > 0) continue;
    terminal.out(`${plural(all, "message")} put back on the queue.`);
    return exitCodes.ok;
  }
}
