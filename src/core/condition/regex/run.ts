import type { Alphabet } from "./alphabet.ts";
import type { Automaton } from "./automaton.ts";

/**
 * The work that one reading may cause, in places visited: about 5 ms. Only a pattern whose automaton keeps growing as it
 * reads, such as `(a|b)*a(a|b){20}$`, ever comes near; there is then no answer. What counts is each transition's cost the
 * first time that *this* reading takes it, whether or not an earlier one has worked it out: so the answer is the same in
 * every isolate.
 */
const workBudget = 500_000;

/**
 * Whether a pattern matches anywhere in a text: the lookarounds' automata read it first, innermost first, each marking
 * the places where it holds; then the main one reads text and marks.
 */
export function createRunner(main: Automaton, looks: readonly Automaton[], alphabet: Alphabet) {
  if (looks.length === 0) return (text: string): Answer => search(main, text, alphabet);
  return (text: string): Answer => {
    const marks = new Uint8Array(text.length + 1);
    for (const [bit, look] of looks.entries()) {
      if (scan(look, text, alphabet, { marks, looks: looks.length, mark: 1 << bit }) === null) return null;
    }
    return scan(main, text, alphabet, { marks, looks: looks.length, mark: 0 });
  };
}

/** Whether a pattern matches; null when finding out would take too long. */
export type Answer = boolean | null;

/** The common case, without lookarounds: forward until the first match. */
function search(automaton: Automaton, text: string, alphabet: Alphabet): Answer {
  automaton.tidy();
  const { latin, classBeyondLatin, classes } = alphabet;
  const { deadRow, firstRow } = automaton;
  const { length } = text;
  const meter = meterOf(automaton, length);
  const stamp = meter?.stamp ?? unmetered;
  let { table, stamps } = automaton;
  let row = firstRow;
  for (let at = 0; at < length; at++) {
    const unit = text.charCodeAt(at);
    const entry = row + (unit < 256 ? (latin[unit] ?? 0) : classBeyondLatin(unit));
    row = table[entry] ?? 0;
    if (row > deadRow && (stamp === unmetered || stamps[entry] === stamp)) continue;
    row = settle(automaton, entry, row, meter);
    if (row < 0) return true;
    if (row === deadRow) return isSpent(meter) ? null : false;
    ({ table, stamps } = automaton);
  }
  const last = row + classes;
  const beyond = settle(automaton, last, automaton.table[last] ?? 0, meter);
  return isSpent(meter) ? null : beyond < 0;
}

interface Marking {
  /** Per place of the text, one bit per lookaround that holds there. */
  readonly marks: Uint8Array;
  readonly looks: number;
  /** The bit to set wherever a match ends; 0 to stop at the first. */
  readonly mark: number;
}

/** With lookarounds: in either direction, either to the first match or, marking, to the end. */
function scan(automaton: Automaton, text: string, alphabet: Alphabet, { marks, looks, mark }: Marking): Answer {
  automaton.tidy();
  const { latin, classBeyondLatin, classes } = alphabet;
  const { backward, deadRow } = automaton;
  const { length } = text;
  const meter = meterOf(automaton, length);
  const stamp = meter?.stamp ?? unmetered;
  let row = automaton.firstRow;
  for (let i = 0; i <= length; i++) {
    const place = backward ? length - i : i;
    const unit = i < length ? text.charCodeAt(backward ? place - 1 : place) : 0;
    const known = unit < 256 ? (latin[unit] ?? 0) : classBeyondLatin(unit);
    const entry = row + (((i < length ? known : classes) << looks) | (marks[place] ?? 0));
    row = automaton.table[entry] ?? 0;
    if (row > deadRow && (stamp === unmetered || automaton.stamps[entry] === stamp)) continue;
    row = settle(automaton, entry, row, meter);
    if (row < 0) {
      if (mark === 0) return true;
      marks[place] = (marks[place] ?? 0) | mark;
      row = -row;
    }
    if (row === deadRow) return isSpent(meter) ? null : false;
  }
  return false;
}

/** Counts one reading's work. */
interface Meter {
  readonly stamp: number;
  left: number;
}

const isSpent = (meter: Meter | null): boolean => meter !== null && meter.left < 0;

const unmetered = 0;
let readings = unmetered;

/** Null where even the dearest transitions fit into the budget: then nothing need be counted. */
function meterOf(automaton: Automaton, length: number): Meter | null {
  if ((length + 1) * automaton.dearest <= workBudget) return null;
  readings = (readings % 0x7fff_ffff) + 1;
  return { stamp: readings, left: workBudget };
}

/** A transition, worked out if it is not yet known, and paid for; the dead row when the budget is spent. */
function settle(automaton: Automaton, entry: number, known: number, meter: Meter | null): number {
  const row = known === 0 ? automaton.explore(entry) : known;
  if (meter === null || automaton.stamps[entry] === meter.stamp) return row;
  automaton.stamps[entry] = meter.stamp;
  meter.left -= automaton.costs[entry] ?? 0;
  return meter.left < 0 ? automaton.deadRow : row;
}
