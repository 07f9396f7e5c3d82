import type { Api } from "./api.ts";
import type { Terminal } from "./terminal.ts";

/** What the process ends with, so that pipelines can tell the cases apart. */
export const exitCodes = { ok: 0, mistakes: 1, usage: 2, server: 3, changes: 4 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What every command is given. */
export interface Surroundings {
  readonly terminal: Terminal;
  /** The directory that file names are relative to. */
  readonly cwd: string;
  /** Finds the server on first use: commands that need none work without. */
  readonly api: () => Promise<Api>;
}

/** The words after the command's name. */
export interface Words {
  readonly operands: readonly string[];
  /** `--site` and the like, by name; one that takes no value is "" when it is there. */
  readonly options: Readonly<Record<string, string | undefined>>;
}

/** One command: what its help says, and what it does. */
export interface Command {
  readonly name: string;
  /** After the name: `FILE [--site KEY]`. */
  readonly usage: string;
  /** One line for the list. */
  readonly about: string;
  /** Further lines for its own help. */
  readonly details: readonly string[];
  /** How many operands it takes. */
  readonly operands: readonly [least: number, most: number];
  readonly options: readonly string[];
  readonly run: (words: Words, surroundings: Surroundings) => Promise<ExitCode>;
}
