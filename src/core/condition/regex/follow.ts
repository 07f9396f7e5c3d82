import { type Alphabet, type Side, side } from "./alphabet.ts";
import type { Program } from "./program.ts";
import type { Assertion } from "./syntax.ts";

/** Where a reading can be: all places in the program at once, and what stands behind, in the direction of reading. */
export interface Place {
  readonly behind: Side;
  /** Sorted, so that the same places are the same state. */
  readonly places: readonly number[];
}

export interface Followed {
  readonly places: readonly number[];
  /** A match ends before the symbol. */
  readonly accepted: boolean;
  /** How many places were looked at: the work. */
  readonly visited: number;
}

/** Steps a set of places over one symbol: first through all that consumes nothing, then over the symbol itself. */
export function createFollower(program: Program, alphabet: Alphabet, looks: number) {
  const seen = new Uint8Array(program.states.length);
  return ({ behind, places }: Place, symbol: number): Followed => {
    seen.fill(0);
    const symbolClass = symbol >> looks;
    const ahead = alphabet.sides[symbolClass] ?? side.edge;
    const left = program.backward ? ahead : behind;
    const right = program.backward ? behind : ahead;
    // Unless anchored, a match may begin at every place.
    const stack = program.anchored ? [...places] : [...places, program.start];
    const next = new Set<number>();
    let accepted = false;
    let visited = 0;
    for (let place = stack.pop(); place !== undefined; place = stack.pop()) {
      const state = program.states[place];
      if (!state || seen[place] === 1) continue;
      seen[place] = 1;
      visited += 1;
      if (state.kind === "match") accepted = true;
      else if (state.kind === "split") stack.push(state.next, state.other);
      else if (state.kind === "assertion") {
        if (holds(state.which, left, right)) stack.push(state.next);
      } else if (state.kind === "look") {
        if (((symbol >> state.look) & 1) === (state.negative ? 0 : 1)) stack.push(state.next);
      } else if (symbolClass < alphabet.classes && alphabet.accepts[state.set * alphabet.classes + symbolClass] === 1) {
        next.add(state.next);
      }
    }
    return { places: [...next].sort((a, b) => a - b), accepted, visited };
  };
}

function holds(which: Assertion, left: Side, right: Side): boolean {
  switch (which) {
    case "start":
      return left === side.edge;
    case "end":
      return right === side.edge;
    case "boundary":
      return (left === side.word) !== (right === side.word);
    case "inside":
      return (left === side.word) === (right === side.word);
  }
}
