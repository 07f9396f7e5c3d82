import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { stringify } from "yaml";
import { checkText } from "../../core/check/check-text.ts";
import { importGrowthbook } from "../../core/growthbook/import/import-growthbook.ts";
import type { Note } from "../../core/growthbook/import/notes.ts";
import type { Json } from "../../core/json.ts";
import { type Command, exitCodes, type Surroundings, type Words } from "../command.ts";
import { checkers } from "../config-file.ts";
import { plural, printProblems } from "../print.ts";
import { hasMistakes, wrongUsage } from "../stop.ts";

/** `caramel import growthbook FILE`: writes a configuration file, and says what could not be carried over as it stood. */
export const importCommand: Command = {
  name: "import",
  usage: "growthbook FILE [--site KEY] [--host HOST] [--origin URL] [--attributes A=FACT,…] [--output FILE]",
  about: "turn another system's export into a configuration file",
  details: [
    "FILE is GrowthBook's SDK payload, decrypted: the JSON of /api/features/<client key>; - is the standard input.",
    "Every visitor keeps their variant. What could not be carried over is said, line by line, on the error output.",
    "--attributes says where attributes are found, over our own guesses: id=user,plan=trait.plan,country=context.country.",
  ],
  operands: [2, 2],
  options: ["site", "host", "origin", "attributes", "output"],
  run: async (words, surroundings) => {
    const [system = "", name = ""] = words.operands;
    if (system !== "growthbook") throw wrongUsage(`There is no import from "${system}"; there is one from growthbook.`);
    const imported = importGrowthbook(await payloadIn(name, surroundings), optionsOf(words));
    if (!imported.ok) throw hasMistakes(`${name}: ${imported.error}.`);
    const yaml = stringify(imported.value.file, { lineWidth: 120, aliasDuplicateObjects: false }).trimEnd();
    await give(yaml, words.options.output, surroundings);
    printNotes(imported.value.notes, name, surroundings);
    return checked(yaml, words.options.output ?? "the configuration", surroundings);
  },
};

async function payloadIn(name: string, { cwd }: Surroundings): Promise<Json> {
  const reading = name === "-" ? text(process.stdin) : readFile(resolve(cwd, name), "utf8");
  const written = await reading.catch((error: Error) => {
    throw wrongUsage(`${name} can't be read: ${error.message}.`);
  });
  try {
    return JSON.parse(written);
  } catch (error) {
    throw hasMistakes(`${name} is not JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

function optionsOf({ options }: Words) {
  const { site, host, origin, attributes } = options;
  return {
    ...(site === undefined ? {} : { site }),
    ...(host === undefined ? {} : { hosts: host.split(",") }),
    ...(origin === undefined ? {} : { origin }),
    ...(attributes === undefined ? {} : { attributes: pairsIn(attributes) }),
  };
}

function pairsIn(written: string): Readonly<Record<string, string>> {
  const pairs = written.split(",").map((pair) => pair.split("="));
  const bad = pairs.find(([attribute, fact, ...more]) => !attribute || !fact || more.length > 0);
  if (bad !== undefined) throw wrongUsage(`--attributes: "${bad.join("=")}" is not ATTRIBUTE=FACT.`);
  return Object.fromEntries(pairs);
}

async function give(yaml: string, output: string | undefined, { cwd, terminal }: Surroundings): Promise<void> {
  if (output === undefined) return terminal.out(yaml);
  await writeFile(resolve(cwd, output), `${yaml}\n`).catch((error: Error) => {
    throw wrongUsage(`${output} can't be written: ${error.message}.`);
  });
}

function printNotes(notes: readonly Note[], name: string, { terminal: { err, paint } }: Surroundings): void {
  for (const { where, what, advice } of notes) err(`${paint("bold", `${name}#${where}`)}: ${what}\n  ${advice}`);
  err(notes.length === 0 ? "Everything was carried over." : `${plural(notes.length, "note")}.`);
}

/** What `check` would say of the result: what GrowthBook takes and we refuse. The file is written all the same. */
function checked(yaml: string, file: string, { terminal }: Surroundings) {
  const { problems } = checkText(yaml, checkers);
  const errors = problems.filter(({ severity }) => severity === "error");
  printProblems(errors, file, terminal);
  return errors.length === 0 ? exitCodes.ok : exitCodes.mistakes;
}
