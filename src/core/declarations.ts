import { type CompiledTrait, compileTrait } from "./computed-trait.ts";
import type { Draft } from "./draft.ts";
import type { Affinity } from "./learning.ts";

/** What a site wants to know of its visitors beyond counters, made ready. */
export interface Declarations {
  readonly traits: readonly CompiledTrait[];
  readonly affinities: Readonly<Record<string, Affinity>>;
}

export const declarationsOf = ({
  traits = {},
  affinities = {},
}: Pick<Draft, "traits" | "affinities">): Declarations => ({
  traits: Object.entries(traits).map(([key, trait]) => compileTrait(key, trait)),
  affinities,
});
