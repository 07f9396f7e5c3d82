import { compileAudiences } from "../audience.ts";
import type { Draft, Experience } from "../draft.ts";
import { canonicalJson, isObject } from "../json.ts";
import { unitIsStored } from "../unit.ts";

/** The trait under which a replayed visitor holds that they were in an audience. No trait of a site's is called so. */
export const audienceTrait = (key: string): string => `replayed-audience-${key}`;

/** A draft to be replayed: what it asks of stored facts is answered by what was recorded, as far as that goes. */
export interface ReplayableDraft {
  readonly draft: Draft;
  /** Experiences that cannot be judged, each with why. */
  readonly unknown: ReadonlyMap<string, string>;
}

/**
 * Of stored facts, only membership of the live release's audiences is recorded. So an audience that means the same in both
 * drafts is read from there; whatever else asks for stored facts cannot be judged.
 */
export function replayable(draft: Draft, live: Draft): ReplayableDraft {
  const stored = [...compileAudiences(draft.audiences, new Map())].filter(([, { isStored }]) => isStored);
  const known = new Set(stored.map(([key]) => key).filter((key) => meansTheSame(key, draft, live)));
  const lost = new Set(stored.map(([key]) => key).filter((key) => !known.has(key)));
  const audiences = Object.fromEntries(
    Object.entries(draft.audiences).map(([key, audience]) =>
      known.has(key) ? [key, { ...audience, when: { [`trait.${audienceTrait(key)}`]: true } }] : [key, audience],
    ),
  );
  const unknown = Object.entries(draft.experiences).flatMap(([key, experience]) => {
    const why = whyUnknown(experience, lost);
    return why === null ? [] : [[key, why] as const];
  });
  return { draft: { ...draft, audiences }, unknown: new Map(unknown) };
}

/** The condition, and those of the audiences that it names, read alike. */
function meansTheSame(key: string, draft: Draft, live: Draft, seen: ReadonlySet<string> = new Set()): boolean {
  const [one, other] = [draft.audiences[key], live.audiences[key]];
  if (one === undefined || other === undefined || seen.has(key)) return false;
  if (canonicalJson(one.when) !== canonicalJson(other.when)) return false;
  return namedIn(one.when).every((name) => meansTheSame(name, draft, live, new Set([...seen, key])));
}

/** Names of audiences that a condition asks for, wherever in it. */
function namedIn(condition: object): readonly string[] {
  return [...JSON.stringify(condition).matchAll(/"audience\.([a-z0-9_-]+)":/g)].map(([, name]) => name ?? "");
}

const storedFact = /"(trait|affinity|event|recent|habit)\./;

function whyUnknown({ audience, unit, fallbackUnit, force, prerequisites }: Experience, lost: ReadonlySet<string>) {
  if (typeof audience === "string" && lost.has(audience))
    return `audience ${audience} has changed, and reads stored facts`;
  const conditions = [...(isObject(audience) ? [audience] : []), ...force.map(({ when }) => when)];
  if (conditions.some((when) => storedFact.test(JSON.stringify(when)))) return "its own condition reads stored facts";
  if (conditions.flatMap(namedIn).some((name) => lost.has(name))) return "an audience that it names has changed";
  if (unitIsStored(unit) || (fallbackUnit !== null && unitIsStored(fallbackUnit))) return `it hashes ${unit}`;
  return prerequisites.some((required) => "slot" in required) ? "it requires a slot's value" : null;
}
