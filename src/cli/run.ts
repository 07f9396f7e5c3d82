import { parseArgs } from "node:util";
import { closest } from "../core/did-you-mean.ts";
import { findAccess } from "./access.ts";
import { createApi } from "./api.ts";
import { type Command, type ExitCode, exitCodes, type Words } from "./command.ts";
import { apply } from "./commands/apply.ts";
import { approve } from "./commands/approve.ts";
import { audit } from "./commands/audit.ts";
import { check } from "./commands/check.ts";
import { databases } from "./commands/databases.ts";
import { deadLetters } from "./commands/dead-letters.ts";
import { evaluate } from "./commands/evaluate.ts";
import { explain } from "./commands/explain.ts";
import { exportCommand } from "./commands/export.ts";
import { identifyKey } from "./commands/identify-key.ts";
import { importCommand } from "./commands/import.ts";
import { kill } from "./commands/kill.ts";
import { plan } from "./commands/plan.ts";
import { preview } from "./commands/preview.ts";
import { publish } from "./commands/publish.ts";
import { releases } from "./commands/releases.ts";
import { replayCommand } from "./commands/replay.ts";
import { rollback } from "./commands/rollback.ts";
import { schema } from "./commands/schema.ts";
import { submit } from "./commands/submit.ts";
import { token } from "./commands/token.ts";
import { types } from "./commands/types.ts";
import { helpOf, overview } from "./help.ts";
import { Stop, wrongUsage } from "./stop.ts";
import type { Terminal } from "./terminal.ts";

/** Every command, in the order of the help. */
const commands: readonly Command[] = [
  check,
  plan,
  apply,
  submit,
  approve,
  preview,
  publish,
  releases,
  rollback,
  replayCommand,
  kill,
  explain,
  token,
  audit,
  identifyKey,
  databases,
  deadLetters,
  exportCommand,
  importCommand,
  evaluate,
  schema,
  types,
];

/** What a run is given from outside, so that tests can give something else. */
export interface Outside {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
}

/** Runs one command line. Never throws: what went wrong is told on `err` and in the exit code. */
export async function run(argv: readonly string[], outside: Outside): Promise<ExitCode> {
  const { terminal } = outside;
  try {
    return await dispatch(argv, outside);
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    terminal.err(error.message);
    return error.code;
  }
}

async function dispatch(argv: readonly string[], { cwd, env, terminal }: Outside): Promise<ExitCode> {
  const { values, positionals } = parsed(argv);
  const [name, ...operands] = positionals;
  if (name === undefined || name === "help") {
    const asked = name === "help" ? operands[0] : undefined;
    terminal.out(asked === undefined ? overview(commands) : helpOf(commandNamed(asked)));
    return name === undefined && values.help !== true ? exitCodes.usage : exitCodes.ok;
  }
  const command = commandNamed(name);
  if (values.help === true) {
    terminal.out(helpOf(command));
    return exitCodes.ok;
  }
  const words = wordsFor(command, operands, values);
  // A command that asks about a page takes --url for that; its server is named by --remote or CARAMEL_URL.
  const url = values.remote ?? (command.options.includes("url") ? undefined : values.url);
  const sources = { cwd, env, url, tokenFile: values["token-file"] };
  return command.run(words, { cwd, terminal, api: async () => createApi(await findAccess(sources)) });
}

const options = {
  url: { type: "string" },
  remote: { type: "string" },
  "token-file": { type: "string" },
  site: { type: "string" },
  visitor: { type: "string" },
  user: { type: "string" },
  context: { type: "string" },
  at: { type: "string" },
  release: { type: "string" },
  format: { type: "string" },
  host: { type: "string" },
  origin: { type: "string" },
  attributes: { type: "string" },
  reason: { type: "string" },
  name: { type: "string" },
  role: { type: "string", multiple: true },
  person: { type: "string" },
  days: { type: "string" },
  head: { type: "string" },
  to: { type: "string" },
  variants: { type: "string" },
  hours: { type: "string" },
  share: { type: "string" },
  output: { type: "string", short: "o" },
  note: { type: "string" },
  checks: { type: "string" },
  reject: { type: "boolean" },
  detect: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options });
  } catch (error) {
    const message = error instanceof Error ? (error.message.split(". ")[0] ?? "") : String(error);
    throw wrongUsage(`${message}. Ask for help with --help.`);
  }
}

function commandNamed(name: string): Command {
  const found = commands.find((command) => command.name === name);
  if (found !== undefined) return found;
  const near = closest(
    name,
    commands.map((command) => command.name),
  );
  const advice = near === null ? "See --help." : `Did you mean \`${near}\`?`;
  throw wrongUsage(`There is no command \`${name}\`. ${advice}`);
}

/** An option may be there (`--detect`), have a text, or be given several times. */
const textOf = (value: string | true | readonly string[]): string =>
  value === true ? "" : typeof value === "string" ? value : value.join(",");

/** Options that every command takes: which server, and as whom. */
const serverOptions: ReadonlySet<string> = new Set(["url", "remote", "token-file"]);

function wordsFor(command: Command, operands: readonly string[], values: ReturnType<typeof parsed>["values"]): Words {
  const [least, most] = command.operands;
  const usage = `Usage: npm run caramel -- ${command.name} ${command.usage}`.trimEnd();
  if (operands.length < least) throw wrongUsage(`\`${command.name}\` needs more. ${usage}`);
  if (operands.length > most) throw wrongUsage(`\`${command.name}\` has no use for "${operands[most]}". ${usage}`);
  const given = Object.entries(values).flatMap(([name, value]) =>
    name === "help" || value === false ? [] : [[name, textOf(value)] as const],
  );
  const foreign = given.find(([name]) => !serverOptions.has(name) && !command.options.includes(name));
  if (foreign !== undefined) throw wrongUsage(`\`${command.name}\` has no --${foreign[0]}. ${usage}`);
  return { operands, options: Object.fromEntries(given) };
}
