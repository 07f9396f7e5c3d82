import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Result } from "../../core/result.ts";

/** What `npm start` was asked for. Paths are absolute. */
export interface StartOptions {
  /** The configuration to put before a site of one's own; `null` runs the demo shop and its configuration. */
  readonly config: string | null;
  /** Where the proxy listens; the demo's origin takes the next one. */
  readonly port: number;
  readonly data: string;
  readonly fresh: boolean;
}

/** Either what to start with, or what to tell the person and whether that is what they asked for. */
export type StartArguments = Result<StartOptions, { readonly text: string; readonly isHelp: boolean }>;

/** What `npm start -- --help` prints. */
export const usage = `npm start -- [--config FILE] [--port N] [--data DIR] [--fresh]

  --config FILE  a site of your own: its origin comes from FILE, and no demo is
                 started (a host "*" in FILE takes every Host header)
  --port N       where the proxy listens; the demo's origin takes N+1   (8787)
  --data DIR     where databases, keys and secrets are kept        (.caramel)
  --fresh        empty DIR first; only one that npm start made
  --help         this text`;

const highestPort = 65_534;

/**
 * Reads the command line of `npm start`.
 *
 * @param cwd what relative paths are relative to.
 */
export function readArguments(argv: readonly string[], cwd: string): StartArguments {
  const parsed = parse(argv);
  if (!parsed.ok) return refused(parsed.error);
  const { config, port, data, fresh, help } = parsed.value;
  if (help) return { ok: false, error: { text: usage, isHelp: true } };
  const number = Number(port);
  if (!/^\d+$/.test(port) || number < 1 || number > highestPort) {
    return refused(`--port wants a number from 1 to ${highestPort}, not "${port}"`);
  }
  return {
    ok: true,
    value: {
      config: config === undefined ? null : resolve(cwd, config),
      port: number,
      data: resolve(cwd, data),
      fresh,
    },
  };
}

function parse(argv: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        config: { type: "string" },
        port: { type: "string", default: "8787" },
        data: { type: "string", default: ".caramel" },
        fresh: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    return { ok: true, value: values } as const;
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message : String(error) } as const;
  }
}

function refused(why: string): StartArguments {
  return { ok: false, error: { text: `${why}\n\n${usage}`, isHelp: false } };
}
