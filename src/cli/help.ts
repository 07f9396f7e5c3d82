import type { Command } from "./command.ts";

const start = "npm run caramel --";

/** What `--help` alone says: enough for somebody who has never seen this. */
export function overview(commands: readonly Command[]): string {
  const lines = commands.map(({ name, usage, about }) => [`${name} ${operandsIn(usage)}`.trimEnd(), about] as const);
  const width = Math.max(...lines.map(([call]) => call.length));
  return [
    "Caramel personalises a website as its pages pass through. A configuration file says who gets what;",
    "`apply` writes it to the server as a draft, `publish` makes the draft live.",
    "",
    `Usage: ${start} <command>`,
    "",
    ...lines.map(([call, about]) => `  ${call.padEnd(width)}  ${about}`),
    "",
    "To begin with, while `npm start` runs in another terminal:",
    "",
    `  ${start} check demo/caramel.yaml`,
    `  ${start} apply demo/caramel.yaml`,
    `  ${start} publish`,
    "",
    ...server,
    "",
    "Exit codes: 0 done, 1 the configuration has mistakes, 2 wrong usage, 3 the server can't be reached or refused,",
    "4 there are changes (`plan --detect` and `replay --detect`, for pipelines).",
    `More about one command: ${start} <command> --help`,
  ].join("\n");
}

/** Options are told where a command is asked about alone: here the line has to fit a terminal. */
const operandsIn = (usage: string): string => usage.replace(/\s*\[.*$/, "");

/** What `<command> --help` says. */
export const helpOf = ({ name, usage, about, details }: Command): string =>
  [
    `Usage: ${start} ${name} ${usage}`.trimEnd(),
    "",
    `${about.charAt(0).toUpperCase()}${about.slice(1)}.`,
    ...(details.length === 0 ? [] : ["", ...details]),
    ...(name === "check" || name === "schema" ? [] : ["", ...server]),
  ].join("\n");

const server = [
  "The server is the one that `npm start` runs here, unless you name another:",
  "  --remote URL, --url URL or CARAMEL_URL   its address, such as https://books.example",
  "  CARAMEL_TOKEN, or --token-file FILE      your token for it",
];
