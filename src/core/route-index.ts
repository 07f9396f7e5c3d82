import type { RoutePattern } from "./draft.ts";
import { pathShapeOf, segmentsOf } from "./route-pattern.ts";

/** Paths whose answer is remembered: enough for a site's busy pages, little enough to never matter. */
const mostRemembered = 2000;

/** One level of the tree of patterns. */
interface Node<T> {
  readonly literal: Map<string, Node<T>>;
  any: Node<T> | null;
  /** Patterns that end here. */
  readonly closed: Ending<T>;
  /** Patterns that end here with `*`. */
  readonly open: Ending<T>;
}

/** Entries whose patterns end at the same place, in the same way: a path is given all of them, or none. */
interface Ending<T> {
  /** Unlike any other's of this index; `null` until there is an entry. */
  id: number | null;
  readonly entries: T[];
}

const newNode = <T>(): Node<T> => ({
  literal: new Map(),
  any: null,
  closed: { id: null, entries: [] },
  open: { id: null, entries: [] },
});

/**
 * Finds what a method and path can touch, at a cost that depends on the path, not on how many patterns exist.
 *
 * `answer` turns the entries found (in no order) into what is returned. It is asked once for all paths that the same
 * patterns fit, and remembered: a pattern such as `/*` must not cost its answer again for every page of a site.
 */
export class RouteIndex<Entry, Answer> {
  readonly #roots = new Map<string, Node<Entry>>();
  /** By path. */
  readonly #remembered = new Map<string, Answer>();
  /** By the endings that were found. */
  readonly #answers = new Map<string, Answer>();
  #endings = 0;
  readonly #answer: (entries: readonly Entry[]) => Answer;

  constructor(answer: (entries: readonly Entry[]) => Answer) {
    this.#answer = answer;
  }

  /** Only while building: what was remembered before is not asked again. */
  add(pattern: RoutePattern, entry: Entry): void {
    const { segments, open } = pathShapeOf(pattern.path);
    for (const method of pattern.methods) {
      let node = this.#rootOf(method);
      for (const segment of segments) node = descend(node, segment);
      const ending = open ? node.open : node.closed;
      ending.id ??= this.#endings++;
      ending.entries.push(entry);
    }
  }

  find(method: string, path: string): Answer {
    const key = method === "GET" ? path : `${method} ${path}`;
    const known = this.#remembered.get(key);
    if (known !== undefined) return known;
    const root = this.#roots.get(method);
    const endings: Ending<Entry>[] = [];
    if (root !== undefined) collect(root, segmentsOf(path), 0, endings);
    const answer = this.#answerTo(endings);
    if (this.#remembered.size >= mostRemembered) this.#remembered.clear();
    this.#remembered.set(key, answer);
    return answer;
  }

  #answerTo(endings: readonly Ending<Entry>[]): Answer {
    const key = endings.map(({ id }) => id).join();
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const answer = this.#answer(endings.flatMap(({ entries }) => entries));
    if (this.#answers.size >= mostRemembered) this.#answers.clear();
    this.#answers.set(key, answer);
    return answer;
  }

  #rootOf(method: string): Node<Entry> {
    const known = this.#roots.get(method);
    if (known !== undefined) return known;
    const made = newNode<Entry>();
    this.#roots.set(method, made);
    return made;
  }
}

function descend<T>(node: Node<T>, segment: string | null): Node<T> {
  if (segment === null) {
    node.any ??= newNode();
    return node.any;
  }
  const known = node.literal.get(segment);
  if (known !== undefined) return known;
  const made = newNode<T>();
  node.literal.set(segment, made);
  return made;
}

/** Gathers every pattern that fits, deepest last. A path of n segments visits at most 2ⁿ nodes that exist, in practice a few. */
function collect<T>(node: Node<T>, segments: readonly string[], depth: number, into: Ending<T>[]): void {
  if (node.open.id !== null) into.push(node.open);
  const segment = segments[depth];
  if (segment === undefined) {
    if (node.closed.id !== null) into.push(node.closed);
    return;
  }
  const literal = node.literal.get(segment);
  if (literal !== undefined) collect(literal, segments, depth + 1, into);
  if (node.any !== null && segment !== "") collect(node.any, segments, depth + 1, into);
}
