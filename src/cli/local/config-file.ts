import { readFile } from "node:fs/promises";
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { isObject, type JsonObject } from "../../core/json.ts";
import { fail, ok, type Result } from "../../core/result.ts";

/** A configuration as a person wrote it, and the way back from a place in it to a line of the file. */
export interface ConfigFile {
  readonly path: string;
  readonly site: string;
  readonly hosts: readonly string[];
  readonly origin: string;
  /** The whole document, as the admin API takes it. */
  readonly body: JsonObject;
  /** The line, from 1, of the deepest place on the way to this JSON pointer that the file has. */
  lineOf(pointer: string): number;
}

/** Reads a configuration file, YAML or JSON. Only what the runner itself needs is checked; the admin API checks the rest. */
export async function readConfigFile(path: string): Promise<Result<ConfigFile, string>> {
  const text = await readFile(path, "utf8").catch((error: Error) => error);
  if (text instanceof Error) return fail(`${path} cannot be read: ${text.message}`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const mistake = document.errors[0];
  if (mistake) return fail(`${path}:${lines.linePos(mistake.pos[0]).line}: ${mistake.message}`);
  const body: unknown = document.toJS();
  if (!isObject(body)) return fail(`${path}: a configuration is a mapping that begins with "site:"`);
  const { site, hosts, origin } = body;
  if (typeof site !== "string") return fail(`${path}: name the site, as in "site: bookshop"`);
  if (typeof origin !== "string") return fail(`${path}: say where the website is, as in "origin: https://example.com"`);
  const named = Array.isArray(hosts) ? hosts.filter((host) => typeof host === "string") : [];
  return ok({ path, site, hosts: named, origin, body, lineOf: (at) => lineOf(document.contents, lines, at) });
}

function lineOf(contents: Node | null, lines: LineCounter, pointer: string): number {
  const segments = pointer.split("/").slice(1).map(unescaped);
  let offset = contents?.range?.[0] ?? 0;
  let node: unknown = contents;
  for (const segment of segments) {
    const next = childOf(node, segment);
    if (next === null) break;
    offset = next.offset;
    node = next.node;
  }
  return lines.linePos(offset).line;
}

function childOf(node: unknown, segment: string): { node: unknown; offset: number } | null {
  if (isSeq<Node>(node)) {
    const item = node.items[Number(segment)];
    return item?.range ? { node: item, offset: item.range[0] } : null;
  }
  if (!isMap(node)) return null;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === segment);
  return pair && isScalar(pair.key) && pair.key.range ? { node: pair.value, offset: pair.key.range[0] } : null;
}

function unescaped(segment: string): string {
  return segment.replaceAll("~1", "/").replaceAll("~0", "~");
}
