import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLError,
} from "yaml";
import { isObject } from "../json.ts";
import { type Problem, problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";

/** A place in a text, both counted from 1 as editors do. */
interface Position {
  readonly line: number;
  readonly column: number;
}

/** A problem with the place in the text that it is about. */
export interface PlacedProblem extends Problem, Position {}

/** A configuration file as text: its value, and where in the text each part of it stands. */
export interface ConfigDocument {
  /** Plain JSON, not yet checked: give it to `parseSiteFile`. */
  readonly value: unknown;
  /** Where the pointer's target begins; for what is not in the file, where its nearest ancestor does. */
  readonly positionOf: (pointer: string) => Position;
}

/** Text beyond this is refused unread: a thousand experiences need about half of it. */
export const longestDocumentBytes = 4_000_000;

/**
 * Parses YAML 1.2 or JSON text (which is YAML), keeping positions. Never throws, whatever the text.
 *
 * Anchors, aliases and merge keys work, up to 100 aliases; keys must be unique; one document a file.
 */
export function readDocument(text: string): Result<ConfigDocument, readonly PlacedProblem[]> {
  if (text.length > longestDocumentBytes) {
    const limit = `${longestDocumentBytes / 1e6} MB`;
    return fail([
      atTop(`The file is larger than ${limit}.`, "Split it into several sites, or move large values to the origin."),
    ]);
  }
  const lines = new LineCounter();
  try {
    // Its own check of unique keys compares each with each, which a large file can't afford: ours is below.
    const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, merge: true });
    const syntax = [...document.errors, ...document.warnings].map((error) => syntaxProblem(error));
    const problems = syntax.length > 0 ? syntax : repeatedKeys(document, lines);
    if (problems.length > 0) return fail(problems);
    return ok({
      value: document.toJS({ maxAliasCount: 100 }),
      positionOf: (pointer) => positionIn(document, lines, pointer),
    });
  } catch (error) {
    return fail([thrownProblem(error)]);
  }
}

/** Adds the place of each problem, so that it can be printed as `file:line:column`. */
export const placed = (problems: readonly Problem[], { positionOf }: ConfigDocument): readonly PlacedProblem[] =>
  problems.map((each) => ({ ...each, ...positionOf(each.path) }));

const atTop = (message: string, advice: string): PlacedProblem => ({
  ...problem("", message, advice),
  line: 1,
  column: 1,
});

/** The parser refuses alias bombs and unknown aliases by throwing, and overflows the stack on deep nesting. */
function thrownProblem(error: unknown): PlacedProblem {
  if (error instanceof RangeError) return atTop(...tooDeep);
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes("Excessive alias"))
    return atTop("The file repeats aliases too often.", "Write the repeated parts out.");
  if (message.includes("Unresolved alias")) {
    const name = message.slice(message.lastIndexOf(":") + 1).trim();
    return atTop(
      `No anchor is named "${name.slice(0, 80)}".`,
      `Write &${name.slice(0, 80)} before it, or quote the text that begins with *.`,
    );
  }
  return atTop(`The file can't be read: ${message}.`, "Check its syntax.");
}

const tooDeep = ["The file is nested too deeply to be read.", "Flatten it."] as const;

/** The parser's words where they say it well, ours where they don't, and advice for the mistakes people make most. */
function syntaxProblem(error: YAMLError): PlacedProblem {
  const [at] = error.linePos ?? [{ line: 1, col: 1 }];
  const [theirs = "The syntax is wrong"] = error.message.split(/ at line \d+/);
  const [message, advice] = theirs.includes("call stack")
    ? tooDeep
    : (syntaxWords[error.code] ?? [null, "Check quotes, colons and indentation here."]);
  return { ...problem("", message ?? `${theirs.replace(/[.:]$/, "")}.`, advice), line: at.line, column: at.col };
}

const syntaxWords: Readonly<Record<string, readonly [message: string | null, advice: string]>> = {
  TAB_AS_INDENT: ["A tab indents this line.", "Indent with spaces: YAML does not take tabs."],
  BAD_INDENT: [null, "Line it up with the lines before it, in spaces."],
  MULTIPLE_DOCS: ["The file holds more than one document.", "Keep one a file: remove the line with ---."],
  TAG_RESOLVE_FAILED: [null, "Remove the tag: only plain values are known here."],
  MISSING_CHAR: [null, "Something is not closed here: look for a missing quote, bracket or comma."],
  BLOCK_AS_IMPLICIT_KEY: [null, "Quote the text if it contains a colon."],
  BAD_ALIAS: [null, "An alias is written *name, and its anchor &name before it."],
};

/** Keys that appear twice in one mapping. */
function repeatedKeys(document: Document, lines: LineCounter): readonly PlacedProblem[] {
  const problems: PlacedProblem[] = [];
  const rest: unknown[] = [document.contents];
  while (rest.length > 0) {
    const node = rest.pop();
    if (isSeq(node)) rest.push(...node.items);
    if (!isMap(node)) continue;
    const seen = new Set<string>();
    for (const { key, value } of node.items) {
      rest.push(value);
      const name = nameOfKey(key);
      if (name !== "<<" && seen.has(name)) problems.push(repeated(name, placeOf(key, lines)));
      seen.add(name);
    }
  }
  return problems;
}

const repeated = (name: string, at: Position): PlacedProblem => ({
  ...problem(
    "",
    `\`${name.slice(0, 80)}\` is written twice in one mapping.`,
    "Keep one, or give each a name of its own.",
  ),
  ...at,
});

const nameOfKey = (key: unknown): string => (isScalar(key) ? String(key.value) : String(key));

function placeOf(node: unknown, lines: LineCounter): Position {
  const offset = isObject(node) ? (node as unknown as Node).range?.[0] : undefined;
  const { line, col } = lines.linePos(offset ?? 0);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** Follows the pointer down as far as the text goes. A mapping's member stands where its key does. */
function positionIn(document: Document, lines: LineCounter, pointer: string): Position {
  let node: unknown = document.contents;
  let found: unknown = document.contents;
  for (const segment of pointer.split("/").slice(1).map(unescaped)) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => nameOfKey(key) === segment);
      if (pair === undefined) break;
      [node, found] = [pair.value, pair.key];
    } else if (isSeq(node)) {
      const item = memberOf(node.items, segment);
      if (item === undefined) break;
      [node, found] = [item, item];
    } else break;
  }
  return placeOf(found, lines);
}

const unescaped = (segment: string): string => segment.replaceAll("~1", "/").replaceAll("~0", "~");

/** A member by its number, or by its `key`: variants may be written as a list, and are pointed at by key all the same. */
const memberOf = (items: readonly unknown[], segment: string): unknown =>
  items.find((item) => isMap(item) && String(item.get("key")) === segment) ??
  (/^\d+$/.test(segment) ? items[Number(segment)] : undefined);
