import { readFile } from "node:fs/promises";
import { type ConfigDocument, type PlacedProblem, placed, readDocument } from "../../core/config/document.ts";
import { parseSiteFile } from "../../core/config/site-file.ts";
import { isObject, type JsonObject } from "../../core/json.ts";
import type { Problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";

/** A configuration as a person wrote it, checked as far as a file alone can be. */
export interface ConfigFile {
  readonly site: string;
  readonly hosts: readonly string[];
  readonly origin: string;
  /** The whole document, as the admin API takes it. */
  readonly body: JsonObject;
  /** Problems that the admin API finds in `body`, a paragraph each: file, line, column, what, and what to write instead. */
  tell(problems: readonly Problem[]): string;
}

/** Reads a configuration file, YAML or JSON. The failure is the text to print. */
export async function readConfigFile(path: string): Promise<Result<ConfigFile, string>> {
  const text = await readFile(path, "utf8").catch((error: Error) => error);
  if (text instanceof Error) return fail(`${path} cannot be read: ${text.message}`);
  const document = readDocument(text);
  if (!document.ok) return fail(told(path, document.error));
  const { value } = document.value;
  const draft = parseSiteFile(value);
  if (!draft.ok) return fail(told(path, placed(draft.error, document.value)));
  if (!isObject(value)) throw new TypeError("a configuration that was accepted is an object");
  const { key, hosts, origin } = draft.value.site;
  return ok({ site: key, hosts, origin, body: value, tell: teller(path, document.value) });
}

function teller(path: string, document: ConfigDocument): ConfigFile["tell"] {
  return (problems) => told(path, placed(problems, document));
}

function told(path: string, problems: readonly PlacedProblem[]): string {
  return problems
    .map(
      ({ line, column, severity, message, advice }) => `${path}:${line}:${column} ${severity}: ${message}\n  ${advice}`,
    )
    .join("\n");
}
