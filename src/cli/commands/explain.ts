import * as z from "zod";
import { bodyOf } from "../api.ts";
import { type Command, exitCodes } from "../command.ts";
import { siteOf, sitePath } from "../site.ts";
import { wrongUsage } from "../stop.ts";
import type { Terminal } from "../terminal.ts";

const step = z.object({
  gate: z.string(),
  result: z.enum(["passed", "refused", "given"]),
  said: z.string(),
  facts: z.record(z.string(), z.unknown()),
});

const explained = z.object({
  experience: z.string(),
  kind: z.string(),
  variant: z.string().nullable(),
  reason: z.string(),
  detail: z.string(),
  because: z.string(),
  steps: z.array(step),
});

const explanation = z.object({
  release: z.string(),
  visitor: z.string(),
  url: z.string(),
  at: z.string(),
  experiences: z.array(explained),
});

/** What the API is asked, by the names of our options. */
const asked = ["url", "visitor", "reason", "user", "context", "at", "release"] as const;

/** `caramel explain`: why a visitor sees what they see, and why not the rest. */
export const explain: Command = {
  name: "explain",
  usage:
    "--url URL [--visitor ID --reason TEXT] [--user ID] [--context JSON] [--at TIME] [--release RELEASE] [--site KEY] [--format json]",
  about: "say why a visitor sees what they see on a page, and why not the rest",
  details: [
    "--url is the page's; the server is named by CARAMEL_URL. Without --visitor it is somebody new, without --at now.",
    `--context says more of the request: '{"country":"DE","timezone":"Europe/Berlin","traits":{"tier":"gold"}}'.`,
    "Looking at a visitor takes a --reason, which is written into the audit.",
    "Facts that are stored of the visitor are read, and `traits` are laid over them.",
  ],
  operands: [0, 0],
  options: [...asked, "site", "format"],
  run: async (words, { terminal, api: connect }) => {
    const { options } = words;
    if (options.url === undefined) throw wrongUsage("Say which page: --url https://books.example/.");
    if (options.visitor !== undefined && options.reason === undefined)
      throw wrongUsage('Say why you look at a visitor: --reason "asked by support". It is written into the audit.');
    const api = await connect();
    const query = new URLSearchParams();
    for (const name of asked) if (options[name] !== undefined) query.set(name, options[name]);
    const reply = await api.call("GET", sitePath(await siteOf(words, api), `/explain?${query}`));
    const told = bodyOf(reply, explanation);
    if (options.format === "json") terminal.out(JSON.stringify(told, null, 2));
    else for (const line of linesOf(told, terminal)) terminal.out(line);
    return exitCodes.ok;
  },
};

function linesOf(told: z.output<typeof explanation>, terminal: Terminal): readonly string[] {
  const given = told.experiences.filter(({ variant }) => variant !== null);
  const rest = told.experiences.filter(({ variant }) => variant === null);
  return [
    `${told.url}  for ${told.visitor}  at ${told.at}  by release ${told.release}`,
    "",
    given.length === 0 ? "Nothing is given: the page is the origin's." : "Given, highest precedence first:",
    ...given.flatMap((one) => experienceLines(one, terminal)),
    ...(rest.length === 0 ? [] : ["", "Not given:"]),
    ...rest.flatMap((one) => experienceLines(one, terminal)),
  ];
}

function experienceLines(one: z.output<typeof explained>, terminal: Terminal): readonly string[] {
  const title = one.variant === null ? one.experience : terminal.paint("green", `${one.experience} → ${one.variant}`);
  return [
    "",
    `  ${title}  (${one.kind}; ${one.reason}, ${one.detail})`,
    `    ${one.because}`,
    ...one.steps.flatMap(stepLines),
  ];
}

const marks = { passed: "·", refused: "✗", given: "✓" } as const;

function stepLines({ gate, result, said, facts }: z.output<typeof step>): readonly string[] {
  const read = Object.entries(facts).map(([path, value]) => `        ${path} = ${JSON.stringify(value)}`);
  return [`      ${marks[result]} ${gate}: ${said}`, ...read];
}
