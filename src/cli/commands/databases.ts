import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { type Api, bodyOf } from "../api.ts";
import { type Command, type ExitCode, exitCodes, type Surroundings, type Words } from "../command.ts";
import { wrongUsage } from "../stop.ts";
import type { Terminal } from "../terminal.ts";

const moveShape = z.object({ source: z.string(), target: z.string(), moved: z.number() }).nullable();

const statusShape = z.object({
  databases: z.array(
    z.object({
      name: z.string(),
      sizeBytes: z.number(),
      profiles: z.number(),
      eventsInLastHour: z.number(),
      profilesChangedInLastHour: z.number(),
    }),
  ),
  queues: z.number(),
  move: moveShape,
  advice: z.array(z.string()),
});

const progressShape = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("idle"), cleaned: z.number() }),
  z.object({ kind: z.literal("busy") }),
  z.object({ kind: z.literal("moved"), rows: z.number(), move: moveShape }),
]);

const busyMs = 2_000;

/** `caramel databases`: what the databases of visitors hold, whether more are needed, and moving visitors between them. */
export const databases: Command = {
  name: "databases",
  usage: "[move FROM TO [--share 50%] | continue | stop]",
  about: "say whether more databases for visitors are needed, or move visitors to another",
  details: [
    "Moving goes on while events come in: a thousand visitors at a time, whose messages wait for some seconds meanwhile.",
    "When this command ends early, the Worker's clock goes on, or `continue` does; `stop` leaves who has been moved where they are.",
    "Exit code 1: something should be done.",
  ],
  operands: [0, 3],
  options: ["share"],
  run: async (words, { terminal, api: connect }: Surroundings) => {
    const [what, ...names] = words.operands;
    const api = await connect();
    if (what === undefined) return status(api, terminal);
    if (what === "move") return begin(words, names, api, terminal);
    if (what === "continue") return goOn(api, terminal);
    if (what === "stop") return stop(api, terminal);
    throw wrongUsage(`\`databases\` knows move, continue and stop, not \`${what}\`.`);
  },
};

async function status(api: Api, terminal: Terminal): Promise<ExitCode> {
  const found = bodyOf(await api.call("GET", "/databases"), statusShape);
  for (const one of found.databases) {
    const size = `${(one.sizeBytes / 1e9).toFixed(2)} GB`;
    const rates = `${rate(one.eventsInLastHour)} events/s, ${rate(one.profilesChangedInLastHour)} profiles/s changed`;
    terminal.out(`${one.name}  ${size}  ${one.profiles} profiles  ${rates} (last hour)`);
  }
  terminal.out(`${found.queues} queue${found.queues === 1 ? "" : "s"}`);
  if (found.move !== null) terminal.out(progressOf(found.move));
  for (const advice of found.advice) terminal.err(advice);
  if (found.advice.length === 0) terminal.out("No more are needed.");
  return found.advice.length === 0 ? exitCodes.ok : exitCodes.mistakes;
}

const rate = (inAnHour: number): string => (inAnHour / 3600).toFixed(1);

const progressOf = ({ source, target, moved }: NonNullable<z.output<typeof moveShape>>): string =>
  `Moving from ${source} to ${target}: ${moved} rows so far.`;

async function begin({ options }: Words, names: readonly string[], api: Api, terminal: Terminal): Promise<ExitCode> {
  const [from, to] = names;
  if (from === undefined || to === undefined) throw wrongUsage("Write `databases move VISITORS VISITORS_1`.");
  const percent = Number(/^(\d{1,3}(?:\.\d{1,2})?)%$/.exec(options.share ?? "50%")?.[1]);
  if (!(percent > 0 && percent <= 100)) throw wrongUsage("--share is a percentage, such as 50%.");
  const body = { from, to, shareBps: Math.round(percent * 100) };
  bodyOf(await api.call("POST", "/databases/move", { body }), z.object({ move: moveShape }));
  return goOn(api, terminal);
}

async function goOn(api: Api, terminal: Terminal): Promise<ExitCode> {
  for (;;) {
    const progress = bodyOf(await api.call("POST", "/databases/advance", { body: {} }), progressShape);
    if (progress.kind === "busy") await sleep(busyMs);
    else if (progress.kind === "moved") {
      terminal.out(progress.move === null ? "All have been moved." : progressOf(progress.move));
    } else if (progress.cleaned === 0) {
      terminal.out(
        "Nothing is left to be moved. What has moved away is deleted within minutes, by the Worker's clock.",
      );
      return exitCodes.ok;
    }
  }
}

async function stop(api: Api, terminal: Terminal): Promise<ExitCode> {
  const { stopped } = bodyOf(
    await api.call("POST", "/databases/stop", { body: {} }),
    z.object({ stopped: z.boolean() }),
  );
  if (stopped) terminal.out("Stopped. Who has been moved stays there.");
  else terminal.err("Nothing is being moved, or somebody is at it this moment: try again in two minutes.");
  return stopped ? exitCodes.ok : exitCodes.mistakes;
}
