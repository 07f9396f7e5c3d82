import type { CharSet } from "./charset.ts";
import type { Assertion, Node } from "./syntax.ts";

/** One state of a nondeterministic automaton (Thompson's construction, 1968); `next` and `other` are states' numbers. */
export type State =
  | { readonly kind: "set"; readonly set: number; readonly next: number }
  | { readonly kind: "split"; next: number; readonly other: number }
  | { readonly kind: "assertion"; readonly which: Assertion; readonly next: number }
  | { readonly kind: "look"; readonly look: number; readonly negative: boolean; readonly next: number }
  | { readonly kind: "match" };

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
  const states: State[] = [{ kind: "match" }];
  const add = (state: State): number => states.push(state) - 1;

  /** Adds what `node` needs before going on to `next`; returns where it begins. */
  const before = (node: Node, next: number): number => {
    switch (node.kind) {
      case "set":
        return add({ kind: "set", set: shared.indexOf(node.set), next });
      case "assertion":
        return add({ kind: "assertion", which: node.which, next });
      case "look":
        return add({ kind: "look", look: shared.lookOf(node), negative: node.negative, next });
      case "sequence":
        return (backward ? node.items : node.items.toReversed()).reduce((after, item) => before(item, after), next);
      case "choice":
        return node.items
          .map((item) => before(item, next))
          .reduce((other, first) => add({ kind: "split", next: first, other }));
      case "repeat":
        return repeat(node.item, node.min, node.max, next);
    }
  };

  const repeat = (item: Node, min: number, max: number, next: number): number => {
    let entry = next;
    if (Number.isFinite(max)) {
      for (let i = min; i < max; i++) entry = add({ kind: "split", next: before(item, entry), other: next });
    } else {
      const loop: State = { kind: "split", next: 0, other: next };
      entry = add(loop);
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
