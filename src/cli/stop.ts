import { type ExitCode, exitCodes } from "./command.ts";

/** Ends a command with a message for people. Thrown anywhere below a command, caught in `run.ts` only. */
export class Stop extends Error {
  readonly code: ExitCode;

  constructor(code: ExitCode, message: string) {
    super(message);
    this.code = code;
  }
}

export const wrongUsage = (message: string): Stop => new Stop(exitCodes.usage, message);
export const serverTrouble = (message: string): Stop => new Stop(exitCodes.server, message);
export const hasMistakes = (message: string): Stop => new Stop(exitCodes.mistakes, message);
