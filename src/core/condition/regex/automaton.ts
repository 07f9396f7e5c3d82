import { type Alphabet, side } from "./alphabet.ts";
import { createFollower, type Place } from "./follow.ts";
import type { Program } from "./program.ts";

/**
 * A deterministic automaton that is built while it runs and kept: each (state, symbol) is worked out once, from the set
 * of places that the program can be in, and is a lookup ever after. So matching is linear in the text whatever the pattern
 * (Thompson 1968; the lazy form as in RE2, https://swtch.com/~rsc/regexp/regexp3.html).
 *
 * A symbol is a class of the alphabet, and which lookarounds hold at this place. It is read *before* a state's places are
 * followed through `^ $ \b \B` and lookarounds, since these depend on what stands on both sides.
 */
export interface Automaton {
  /**
   * Transitions, one row per state: `row + symbol` → the next state's row; negative when a match ends before the symbol;
   * 0 when not yet worked out.
   */
  table: Int32Array;
  /** What working out the transition took: the same number in every isolate. */
  costs: Uint16Array;
  /** The last metered reading that took the transition. */
  stamps: Int32Array;
  readonly width: number;
  /** The row of the state from which no match can end. */
  readonly deadRow: number;
  readonly firstRow: number;
  /** The most that one transition can cost. */
  readonly dearest: number;
  readonly backward: boolean;
  /** Works out the transition at an index of `table`, and returns it. May replace the arrays. */
  readonly explore: (entry: number) => number;
  /** Forgets what was worked out, once it has grown large. Never within a reading. */
  readonly tidy: () => void;
}

const statesKept = 1000;
const rowsAtFirst = 8;
/** What a transition costs besides the places visited, measured in these: making a state and its row. */
const costOfState = 500;

/** @param looks how many lookarounds the pattern has: that many bits of a symbol tell which hold. */
export function createAutomaton(program: Program, alphabet: Alphabet, looks: number): Automaton {
  const width = (alphabet.classes + 1) << looks;
  const overhead = costOfState + (width >> 2);
  const follow = createFollower(program, alphabet, looks);
  let states: Place[] = [];
  let rows = new Map<string, number>();

  const rowOf = (state: Place): number => {
    if (state.places.length === 0 && program.anchored) return automaton.deadRow;
    const key = String.fromCharCode(state.behind, ...state.places);
    const known = rows.get(key);
    if (known !== undefined) return known;
    const row = automaton.firstRow + (states.push(state) - 1) * width;
    rows.set(key, row);
    return row;
  };

  const automaton: Automaton = {
    ...emptyTables(0),
    width,
    deadRow: width,
    firstRow: 2 * width,
    dearest: program.states.length + overhead,
    backward: program.backward,
    explore(entry) {
      const symbol = entry % width;
      const from = states[(entry - symbol - automaton.firstRow) / width];
      if (!from) return automaton.deadRow;
      const { places, accepted, visited } = follow(from, symbol);
      const row = rowOf({ behind: alphabet.sides[symbol >> looks] ?? side.edge, places });
      grow(automaton, automaton.firstRow + states.length * width);
      automaton.costs[entry] = visited + overhead;
      automaton.table[entry] = accepted ? -row : row;
      return accepted ? -row : row;
    },
    tidy() {
      if (states.length > 0 && states.length <= statesKept) return;
      states = [];
      rows = new Map();
      Object.assign(automaton, emptyTables(rowsAtFirst * width));
      rowOf({ behind: side.edge, places: Uint16Array.of(program.start) });
    },
  };
  return automaton;
}

const emptyTables = (length: number) => ({
  table: new Int32Array(length),
  costs: new Uint16Array(length),
  stamps: new Int32Array(length),
});

function grow(automaton: Automaton, needed: number): void {
  if (needed <= automaton.table.length) return;
  const { table, costs, stamps } = emptyTables(needed * 2);
  table.set(automaton.table);
  costs.set(automaton.costs);
  stamps.set(automaton.stamps);
  Object.assign(automaton, { table, costs, stamps });
}
