import { compileLeniently } from "./condition/compile.ts";
import type { Audience } from "./draft.ts";
import { type Fact, factAt } from "./facts.ts";
import type { JsonObject } from "./json.ts";
import { fail, ok, type Result } from "./result.ts";
import type { Subject } from "./subject.ts";

/** A condition made ready, with what it needs to know. */
export interface CompiledAudience {
  readonly test: (subject: Subject) => boolean;
  /** Paths of the facts it reads. */
  readonly reads: readonly string[];
  /** Whether some of them lie in the stored profile. */
  readonly isStored: boolean;
}

/** Looks a named audience up while conditions are compiled; `null` for one that does not exist. */
export type AudienceFinder = (key: string) => CompiledAudience | null;

/**
 * Compiles every audience of a site. An audience may name others by `audience.<key>`; one that leads back to itself
 * (refused on save) holds for nobody.
 */
export function compileAudiences(audiences: Readonly<Record<string, Audience>>): ReadonlyMap<string, CompiledAudience> {
  const compiled = new Map<string, CompiledAudience>();
  const underWay = new Set<string>();
  const find: AudienceFinder = (key) => {
    const known = compiled.get(key);
    if (known !== undefined) return known;
    const audience = Object.hasOwn(audiences, key) ? audiences[key] : undefined;
    if (audience === undefined || underWay.has(key)) return null;
    underWay.add(key);
    const made = compileWhen(audience.when, find);
    underWay.delete(key);
    compiled.set(key, made);
    return made;
  };
  for (const key of Object.keys(audiences)) find(key);
  return compiled;
}

/** Compiles one condition over a subject. Never fails: what is malformed or unknown is plainly false. */
export function compileWhen(when: JsonObject, find: AudienceFinder): CompiledAudience {
  let isStored = false;
  const { test, reads } = compileLeniently<Subject>(when, {
    resolve: (path, withinMs) => {
      const fact = subjectFact(path, withinMs, find);
      if (!fact.ok) return fail({ message: `\`${path}\` is no fact`, advice: fact.error });
      isStored ||= fact.value.stored;
      return ok(fact.value.read);
    },
  });
  return { test, reads, isStored };
}

const audiencePrefix = "audience.";

/** The fact a path names, other audiences included. */
export function subjectFact(path: string, withinMs: number | null, find: AudienceFinder): Result<Fact, string> {
  if (!path.startsWith(audiencePrefix)) return factAt(path, withinMs);
  const audience = find(path.slice(audiencePrefix.length));
  if (audience === null) return fail(`there is no audience \`${path.slice(audiencePrefix.length)}\``);
  return ok({ read: audience.test, stored: audience.isStored });
}
