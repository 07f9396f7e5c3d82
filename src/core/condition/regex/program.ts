import type { CharSet } from "./charset.ts";
import type { Node } from "./syntax.ts";

/** What a state asks before it goes on. Numbers, since the automaton compares them at every step. */
export const kinds = {
  match: 0,
  set: 1,
  split: 2,
  start: 3,
  end: 4,
  boundary: 5,
  inside: 6,
  look: 7,
  lookNot: 8,
} as const;

/** One state of a nondeterministic automaton (Thompson's construction, 1968). All are of one shape, for speed. */
export interface State {
  readonly kind: (typeof kinds)[keyof typeof kinds];
  /** The number of the state that follows. */
  next: number;
  /** Of a set or a lookaround its number; of a split the other state that follows. */
  readonly detail: number;
}

export interface Program {
  readonly states: readonly State[];
  readonly start: number;
  /** Read from right to left: a lookahead's. */
  readonly backward: boolean;
  /** A match can begin at the text's first place only: every way through starts with `^`. */
  readonly anchored: boolean;
}

/** The pattern itself and its lookarounds, innermost first, each a program over the same sets. */
export interface Programs {
  readonly main: Program;
  readonly looks: readonly Program[];
  readonly sets: readonly CharSet[];
}

/** How many states a tree becomes. Known before any is made, so that `(a{999}){999}` costs nothing. */
export function sizeOf(node: Node): number {
  switch (node.kind) {
    case "set":
    case "assertion":
      return 1;
    case "look":
      return sizeOf(node.item) + 2;
    case "repeat":
      return (sizeOf(node.item) + 1) * (Number.isFinite(node.max) ? Math.max(node.max, 1) : node.min + 1);
    case "sequence":
      return node.items.reduce((sum, item) => sum + sizeOf(item), 0);
    case "choice":
      return node.items.reduce((sum, item) => sum + sizeOf(item) + 1, 0);
  }
}

export function programsOf(node: Node): Programs {
  const sets = new Map<string, { readonly index: number; readonly set: CharSet }>();
  const looks: Program[] = [];
  const numbers = new Map<Node, number>();
  const indexOf = (set: CharSet): number => {
    const key = set.join();
    const known = sets.get(key) ?? { index: sets.size, set };
    sets.set(key, known);
    return known.index;
  };
  // A lookaround within a repetition is written out many times, and is still one.
  const lookOf = (look: Node & { readonly kind: "look" }): number => {
    const known = numbers.get(look);
    if (known !== undefined) return known;
    const inner = programOf(look.item, look.ahead, { indexOf, lookOf });
    const number = looks.push(inner) - 1;
    numbers.set(look, number);
    return number;
  };
  const main = programOf(node, false, { indexOf, lookOf });
  return { main, looks, sets: [...sets.values()].map(({ set }) => set) };
}

interface Shared {
  readonly indexOf: (set: CharSet) => number;
  readonly lookOf: (look: Node & { readonly kind: "look" }) => number;
}

function programOf(node: Node, backward: boolean, shared: Shared): Program {
  const states: State[] = [{ kind: kinds.match, next: 0, detail: 0 }];
  const add = (kind: State["kind"], next: number, detail = 0): number => states.push({ kind, next, detail }) - 1;

  /** Adds what `node` needs before going on to `next`; returns where it begins. */
  const before = (node: Node, next: number): number => {
    switch (node.kind) {
      case "set":
        return add(kinds.set, next, shared.indexOf(node.set));
      case "assertion":
        return add(kinds[node.which], next);
      case "look":
        return add(node.negative ? kinds.lookNot : kinds.look, next, shared.lookOf(node));
      case "sequence":
        return (backward ? node.items : node.items.toReversed()).reduce((after, item) => before(item, after), next);
      case "choice":
        return node.items.map((item) => before(item, next)).reduce((other, first) => add(kinds.split, first, other));
      case "repeat":
        return repeat(node.item, node.min, node.max, next);
    }
  };

  const repeat = (item: Node, min: number, max: number, next: number): number => {
    let entry = next;
    if (Number.isFinite(max)) {
      for (let i = min; i < max; i++) entry = add(kinds.split, before(item, entry), next);
    } else {
      const loop: State = { kind: kinds.split, next: 0, detail: next };
      entry = states.push(loop) - 1;
      loop.next = before(item, entry);
    }
    for (let i = 0; i < min; i++) entry = before(item, entry);
    return entry;
  };

  const start = before(node, 0);
  return { states, start, backward, anchored: !backward && isAnchored(node) };
}

function isAnchored(node: Node): boolean {
  switch (node.kind) {
    case "assertion":
      return node.which === "start";
    case "sequence":
      return node.items[0] !== undefined && isAnchored(node.items[0]);
    case "choice":
      return node.items.every(isAnchored);
    case "repeat":
      return node.min > 0 && isAnchored(node.item);
    default:
      return false;
  }
}
