import type { Scenario } from "./scenario.ts";

/** A product that decides. It is used as its own documentation shows for a server, tracking and logging off. */
export interface Contestant {
  readonly name: string;
  /** Everything that happens once per configuration. */
  readonly prepare: (scenario: Scenario) => Promise<Prepared> | Prepared;
}

export interface Prepared {
  /** Decides all experiences for one page, everything per visitor and request included. @returns how many gave a variant. */
  readonly page: () => number;
  /** The same page once more: the keys of the experiences that gave a variant, in any order. */
  readonly matched: () => readonly string[];
  readonly close?: () => void;
}
