import { compileLeniently } from "./condition/compile.ts";
import { plainPaths } from "./condition/paths.ts";
import type { FoldedEvent } from "./fold.ts";
import { fnv1a32 } from "./hash.ts";
import { canonicalJson, type Json } from "./json.ts";
import type { ComputedTrait } from "./learning.ts";
import type { ComputedState, EventFacts, Profile } from "./profile.ts";
import { daysBetween, type Gathering, gatherings, runOfDays } from "./trait-kinds.ts";

/** A trait made ready to be gathered and read. */
export interface CompiledTrait {
  readonly key: string;
  readonly event: string;
  /** Gathers an event of its name; `null` when it is read from the event's counters and keeps nothing of its own. */
  readonly gather: ((state: ComputedState | undefined, event: FoldedEvent) => ComputedState | undefined) | null;
  /** Its value now; `null` while there is none. */
  readonly read: (profile: Profile, nowMs: number) => Json;
}

/** Compiles a declaration. Two that gather the same way share what was gathered, even if their levels differ. */
export function compileTrait(key: string, trait: ComputedTrait): CompiledTrait {
  const plain = trait.where === null ? readersOfCounters[trait.kind] : undefined;
  const finish = (value: Json): Json => (trait.kind === "level" ? levelOf(value, trait.levels ?? {}) : value);
  if (plain !== undefined) {
    const read = (profile: Profile, nowMs: number): Json => {
      const facts = Object.hasOwn(profile.events, trait.event) ? profile.events[trait.event] : undefined;
      return finish(facts === undefined ? nothing(trait) : plain(facts, nowMs));
    };
    return { key, event: trait.event, gather: null, read };
  }
  return gathered(key, trait, gatherings[trait.kind === "level" ? "count" : trait.kind], finish);
}

/** Without a condition these follow from the event's own counters: nothing more is stored, and history counts at once. */
const readersOfCounters: Partial<Record<ComputedTrait["kind"], (facts: EventFacts, nowMs: number) => Json>> = {
  count: ({ count }) => count,
  level: ({ count }) => count,
  daysSince: ({ lastMs }, nowMs) => daysBetween(lastMs, nowMs),
  streak: ({ days }, nowMs) =>
    runOfDays(
      days.map(([day]) => day),
      nowMs,
    ),
};

function gathered(
  key: string,
  trait: ComputedTrait,
  gathering: Gathering,
  finish: (value: Json) => Json,
): CompiledTrait {
  const { event, where, of } = trait;
  const kind = trait.kind === "level" ? "count" : trait.kind;
  const print = fnv1a32(canonicalJson({ kind, event, where, of })).toString(36);
  const { test } = compileLeniently<unknown>(where ?? {}, { resolve: plainPaths });
  return {
    key,
    event,
    gather: (state, news) => {
      if (!test(news.props ?? {})) return state;
      const before = state?.of === print ? state.data : undefined;
      return { of: print, data: gathering.add(before, news, valueIn(news, of)) };
    },
    read: ({ computed = {} }, nowMs) => {
      const state = Object.hasOwn(computed, key) ? computed[key] : undefined;
      return finish(state?.of === print ? gathering.read(state.data, nowMs) : nothing(trait));
    },
  };
}

function valueIn({ value = null, props = {} }: FoldedEvent, of: string | null): Json {
  if (of === null) return value;
  return Object.hasOwn(props, of) ? (props[of] ?? null) : null;
}

/** What nothing comes to: counted things are 0, all else is not known. */
const nothing = ({ kind }: ComputedTrait): Json => (kind === "last" || kind === "daysSince" ? null : 0);

/** The highest level whose least count is reached; `null` below all of them. */
function levelOf(count: Json, levels: Readonly<Record<string, number>>): Json {
  const reached = Object.entries(levels).filter(([, least]) => Number(count) >= least);
  return reached.sort(([, one], [, other]) => other - one)[0]?.[0] ?? null;
}
