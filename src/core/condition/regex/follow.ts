import { type Alphabet, type Side, side } from "./alphabet.ts";
import { kinds, type Program, type State } from "./program.ts";

/** Where a reading can be: all places in the program at once, and what stands behind, in the direction of reading. */
export interface Place {
  readonly behind: Side;
  /** Sorted, so that the same places are the same state. */
  readonly places: Uint16Array;
}

export interface Followed {
  readonly places: Uint16Array;
  /** A match ends before the symbol. */
  readonly accepted: boolean;
  /** How many places were looked at: the work. */
  readonly visited: number;
}

/** Steps a set of places over one symbol: first through all that consumes nothing, then over the symbol itself. */
export function createFollower(program: Program, alphabet: Alphabet, looks: number) {
  const { states, start, backward, anchored } = program;
  const { classes, accepts, sides } = alphabet;
  const seen = new Uint8Array(states.length);
  const reached = new Uint8Array(states.length);
  const stack = new Uint16Array(2 * states.length + 2);
  return ({ behind, places }: Place, symbol: number): Followed => {
    seen.fill(0);
    reached.fill(0);
    const symbolClass = symbol >> looks;
    const ahead = sides[symbolClass] ?? side.edge;
    const left = backward ? ahead : behind;
    const right = backward ? behind : ahead;
    const next: number[] = [];
    let accepted = false;
    let visited = 0;
    let top = places.length;
    stack.set(places);
    // Unless anchored, a match may begin at every place.
    if (!anchored) stack[top++] = start;
    while (top > 0) {
      const place = stack[--top] ?? 0;
      const state = states[place];
      if (seen[place] === 1 || !state) continue;
      seen[place] = 1;
      visited += 1;
      if (state.kind === kinds.set) {
        if (symbolClass === classes || accepts[state.detail * classes + symbolClass] === 0) continue;
        if (reached[state.next] === 0) next.push(state.next);
        reached[state.next] = 1;
      } else if (state.kind === kinds.split) {
        stack[top++] = state.next;
        stack[top++] = state.detail;
      } else if (state.kind === kinds.match) accepted = true;
      else if (passes(state, symbol, left, right)) stack[top++] = state.next;
    }
    return { places: Uint16Array.from(next).sort(), accepted, visited };
  };
}

/** Whether an assertion holds between `left` and `right`, or a lookaround at the symbol's place. */
function passes({ kind, detail }: State, symbol: number, left: Side, right: Side): boolean {
  switch (kind) {
    case kinds.start:
      return left === side.edge;
    case kinds.end:
      return right === side.edge;
    case kinds.boundary:
      return (left === side.word) !== (right === side.word);
    case kinds.inside:
      return (left === side.word) === (right === side.word);
    case kinds.look:
      return ((symbol >> detail) & 1) === 1;
    default:
      return kind === kinds.lookNot && ((symbol >> detail) & 1) === 0;
  }
}
