import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type CheckedText, checkText } from "../core/check/check-text.ts";
import { type ConfigDocument, type PlacedProblem, placed, readDocument } from "../core/config/document.ts";
import type { Draft } from "../core/draft.ts";
import type { Problem } from "../core/problem.ts";
import type { Surroundings } from "./command.ts";
import { plural, printProblems } from "./print.ts";
import { hasMistakes, wrongUsage } from "./stop.ts";

/** A configuration file without mistakes, as far as can be told without the server. */
export interface ConfigFile {
  readonly name: string;
  readonly draft: Draft;
  /** Problems that the server reports, with their lines in this file. */
  readonly placed: (problems: readonly Problem[]) => readonly PlacedProblem[];
}

/** Selectors of which nothing bad is known are left to the server, which has HTMLRewriter. */
export const checkers = { checkSelector: () => null };

/** Reads and checks a file; prints what is wrong with it, warnings too, and ends the command if there are mistakes. */
export async function readConfig(name: string, { cwd, terminal }: Surroundings): Promise<ConfigFile> {
  const text = await readFile(resolve(cwd, name), "utf8").catch((error: NodeJS.ErrnoException) => {
    throw wrongUsage(cannotRead(name, error));
  });
  const { draft, problems }: CheckedText = checkText(text, checkers);
  printProblems(problems, name, terminal);
  const errors = problems.filter(({ severity }) => severity === "error").length;
  if (draft === null || errors > 0) throw hasMistakes(`${name} has ${plural(errors, "mistake")}.`);
  return { name, draft, placed: (found) => placedIn(text, found) };
}

const cannotRead = (name: string, { code, message }: NodeJS.ErrnoException): string =>
  code === "ENOENT"
    ? `There is no file ${name} here.`
    : code === "EISDIR"
      ? `${name} is a directory. Name the file in it.`
      : `${name} can't be read: ${message}.`;

function placedIn(text: string, problems: readonly Problem[]): readonly PlacedProblem[] {
  const document = readDocument(text);
  return document.ok ? placed(problems, document.value) : placed(problems, atTop);
}

const atTop: ConfigDocument = { value: null, positionOf: () => ({ line: 1, column: 1 }) };
