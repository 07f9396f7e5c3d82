import { compileLeniently } from "./condition/compile.ts";
import { conditionLimits, tooLarge } from "./condition/limits.ts";
import { allOf, never } from "./condition/logic.ts";
import type { Audience } from "./draft.ts";
import { type Fact, type FactReader, factAt } from "./facts.ts";
import type { Json, JsonObject } from "./json.ts";
import { type AskedFact, questionOf } from "./question.ts";
import { fail, ok, type Result } from "./result.ts";
import type { Subject } from "./subject.ts";

/** A condition made ready, with what it needs to know. */
export interface CompiledAudience {
  readonly test: (subject: Subject) => boolean;
  /** Paths of the facts it reads. */
  readonly reads: readonly string[];
  /** Whether some of them lie in the stored profile. */
  readonly isStored: boolean;
  /** The parts that must all hold. Conditions of one release that ask the same share the very same part. */
  readonly parts: readonly Part[];
}

/** Asks one thing of a subject. Pure, and never throws. */
export type Test = (subject: Subject) => boolean;

/** What one release has compiled so far: parts by their text. */
export type KnownParts = Map<string, Part>;

/** One member of a condition's outermost object. */
export interface Part {
  readonly test: Test;
  readonly reads: readonly string[];
  readonly isStored: boolean;
  /** What it asks of one fact, when it is plain enough for a table to answer; `null` otherwise. */
  readonly asked: AskedFact | null;
}

/** Looks a named audience up while conditions are compiled; `null` for one that does not exist. */
export type AudienceFinder = (key: string) => CompiledAudience | null;

/**
 * Compiles every audience of a site. An audience may name others by `audience.<key>`; one that leads back to itself
 * (refused on save) holds for nobody.
 */
export function compileAudiences(
  audiences: Readonly<Record<string, Audience>>,
  known: KnownParts,
): ReadonlyMap<string, CompiledAudience> {
  const compiled = new Map<string, CompiledAudience>();
  const underWay = new Set<string>();
  const find: AudienceFinder = (key) => {
    const earlier = compiled.get(key);
    if (earlier !== undefined) return earlier;
    const audience = Object.hasOwn(audiences, key) ? audiences[key] : undefined;
    if (audience === undefined || underWay.has(key)) return null;
    underWay.add(key);
    const made = compileWhen(audience.when, find, known);
    underWay.delete(key);
    compiled.set(key, made);
    return made;
  };
  for (const key of Object.keys(audiences)) find(key);
  return compiled;
}

/**
 * Compiles one condition over a subject, part by part. Never fails: what is malformed or unknown is plainly false.
 *
 * @param known parts that were compiled before; new ones are added.
 */
export function compileWhen(when: JsonObject, find: AudienceFinder, known: KnownParts = new Map()): CompiledAudience {
  if (tooLarge(when, conditionLimits) !== null) return nobody;
  const parts = Object.entries(when).map(([name, operand]) => partOf(name, operand, find, known));
  return {
    test: allOf(parts.map(({ test }) => test)),
    reads: [...new Set(parts.flatMap(({ reads }) => reads))],
    isStored: parts.some(({ isStored }) => isStored),
    parts,
  };
}

const nothing: Part = { test: never, reads: [], isStored: false, asked: null };

/** Holds for no subject. */
export const nobody: CompiledAudience = { ...nothing, parts: [nothing] };

function partOf(name: string, operand: Json, find: AudienceFinder, known: KnownParts): Part {
  const text = JSON.stringify([name, operand]);
  const earlier = known.get(text);
  if (earlier !== undefined) return earlier;
  let isStored = false;
  let read: FactReader | null = null;
  const { test, reads } = compileLeniently<Subject>(Object.fromEntries([[name, operand]]), {
    resolve: (path, withinMs) => {
      const fact = subjectFact(path, withinMs, find);
      if (!fact.ok) return fail({ message: `\`${path}\` is no fact`, advice: fact.error });
      isStored ||= fact.value.stored;
      if (path === name) read = fact.value.read;
      return ok(fact.value.read);
    },
  });
  const question = questionOf(operand);
  const asked = read === null || question === null ? null : { path: name, read, question };
  const part = { test, reads, isStored, asked };
  known.set(text, part);
  return part;
}

const audiencePrefix = "audience.";

/** The fact a path names, other audiences included. */
export function subjectFact(path: string, withinMs: number | null, find: AudienceFinder): Result<Fact, string> {
  if (!path.startsWith(audiencePrefix)) return factAt(path, withinMs);
  const audience = find(path.slice(audiencePrefix.length));
  if (audience === null) return fail(`there is no audience \`${path.slice(audiencePrefix.length)}\``);
  return ok({ read: audience.test, stored: audience.isStored });
}
