import type { JsonAction } from "../draft.ts";
import type { Json } from "../json.ts";
import { type Container, containerAt, endOfValue, type Member, skipSpace } from "./members.ts";
import { everyMember, type PointerPath } from "./pointer.ts";

/** One edit of a document. */
export interface JsonEdit {
  readonly action: JsonAction;
  readonly path: PointerPath;
  /** Not used by `remove`. */
  readonly value: Json;
}

/** Text to put in the place of `[from, until)`. */
interface Splice {
  readonly from: number;
  readonly until: number;
  readonly text: string;
}

/** Larger documents are left as they are: an edit needs the whole text at once. */
export const maxJsonBytes = 2 * 1024 * 1024;

/** Whether a text is one JSON value. Nothing of what it holds is kept. */
export function isJsonText(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * How many places a pointer leads to: values that are there, and places in an object or at the end of an array where one
 * could be put.
 */
export function countPlaces(text: string, path: PointerPath): number {
  const last = path.at(-1);
  if (last === undefined) return 1;
  return parentsOf(text, path).reduce(
    (count, parent) => count + Math.max(hits(parent, last).length, addable(parent, last)),
    0,
  );
}

/**
 * Edits the text of a JSON document and leaves everything else of it as it is, to the byte.
 *
 * `set` replaces a value, or adds it to an object or at the end of an array (`-`) that is there; `append` adds to an array;
 * of several members with one key, all are edited.
 *
 * @param text must be valid (`isJsonText`).
 * @param write how a value is spelled, for text that stands inside something else.
 * @returns the new text, or `null` when the pointer leads nowhere that the action can be done.
 */
export function editJson(text: string, { action, path, value }: JsonEdit, write = JSON.stringify): string | null {
  const splices =
    action === "append"
      ? valuesAt(text, path).flatMap((from) => appended(containerAt(text, from), write(value)))
      : splicesFor(text, action, path, action === "set" ? write(value) : "");
  return splices.length === 0 ? null : spliced(text, splices);
}

function splicesFor(text: string, action: "set" | "remove", path: PointerPath, written: string): readonly Splice[] {
  const last = path.at(-1);
  if (last === undefined) return action === "set" ? [whole(text, written)] : [];
  return parentsOf(text, path).flatMap((parent) =>
    action === "set" ? setIn(parent, last, written) : removed(parent, hits(parent, last)),
  );
}

function whole(text: string, written: string): Splice {
  const from = skipSpace(text, 0);
  return { from, until: endOfValue(text, from), text: written };
}

const hits = ({ members }: Container, segment: string): readonly Member[] =>
  segment === everyMember ? members : members.filter(({ key }) => key === segment);

/** 1 when a value of this name could be added, else 0. */
const addable = ({ kind, members }: Container, segment: string): 0 | 1 => {
  if (segment === everyMember) return 0;
  return kind === "object" || segment === "-" || segment === String(members.length) ? 1 : 0;
};

/** Where the values begin that a path leads to. */
function valuesAt(text: string, path: PointerPath): readonly number[] {
  let values: readonly number[] = [skipSpace(text, 0)];
  for (const segment of path) {
    values = values.flatMap((from) => {
      const container = containerAt(text, from);
      return container === null ? [] : hits(container, segment).map(({ valueFrom }) => valueFrom);
    });
  }
  return values;
}

const parentsOf = (text: string, path: PointerPath): readonly Container[] =>
  valuesAt(text, path.slice(0, -1)).flatMap((from) => containerAt(text, from) ?? []);

function setIn(parent: Container, segment: string, written: string): readonly Splice[] {
  const found = hits(parent, segment);
  if (found.length > 0) return found.map(({ valueFrom, until }) => ({ from: valueFrom, until, text: written }));
  if (addable(parent, segment) === 0) return [];
  return added(parent, parent.kind === "object" ? `${JSON.stringify(segment)}:${written}` : written);
}

const appended = (target: Container | null, written: string): readonly Splice[] =>
  target?.kind === "array" ? added(target, written) : [];

function added({ members, inside }: Container, written: string): readonly Splice[] {
  const end = members.at(-1)?.until;
  return [
    end === undefined ? { from: inside, until: inside, text: written } : { from: end, until: end, text: `,${written}` },
  ];
}

/** Takes members out with one comma each: the one behind them, or for the last ones the one before. */
function removed({ members }: Container, unwanted: readonly Member[]): readonly Splice[] {
  const gone = new Set(unwanted);
  const lastKept = members.findLastIndex((member) => !gone.has(member));
  const splices: Splice[] = [];
  for (const [at, member] of members.slice(0, lastKept).entries()) {
    if (gone.has(member)) splices.push({ from: member.from, until: members[at + 1]?.from ?? member.until, text: "" });
  }
  const from = members[lastKept]?.until ?? members[0]?.from;
  const until = members.at(-1)?.until;
  if (from !== undefined && until !== undefined && from < until) splices.push({ from, until, text: "" });
  return splices;
}

/** Splices come in the order of the text and do not overlap: members of one path never do. */
function spliced(text: string, splices: readonly Splice[]): string {
  let result = "";
  let at = 0;
  for (const { from, until, text: inserted } of splices) {
    result += text.slice(at, from) + inserted;
    at = until;
  }
  return result + text.slice(at);
}
