import { suggest } from "../did-you-mean.ts";
import type { Draft, Experience } from "../draft.ts";
import { type Problem, problem } from "../problem.ts";
import { at, ofExperiences } from "./each.ts";

/** Names that nothing has: audiences, slots, metrics, layers, experiences and variants. */
export function checkReferences(draft: Draft): readonly Problem[] {
  const ofHoldouts = Object.entries(draft.holdouts).flatMap(([key, { scope }]) =>
    (scope ?? []).flatMap((name, index) =>
      known("experience", name, draft.experiences, at("holdouts", key, "scope", index)),
    ),
  );
  return [...ofHoldouts, ...ofExperiences(draft, (experience, key) => referencesOf(draft, experience, key))];
}

function referencesOf(draft: Draft, experience: Experience, key: string): readonly Problem[] {
  const here = (...rest: readonly (string | number)[]) => at("experiences", key, ...rest);
  const { audience, layer } = experience;
  const variants = Object.fromEntries(experience.variants.map((variant) => [variant.key, variant]));
  return [
    ...(typeof audience === "string" ? known("audience", audience, draft.audiences, here("audience")) : []),
    ...(layer === null ? [] : known("layer", layer.key, draft.layers, here("layer"))),
    ...experience.metrics.flatMap(({ metric }, index) =>
      known("metric", metric, draft.metrics, here("metrics", index)),
    ),
    ...experience.force.flatMap(({ variant }, index) =>
      known("variant", variant, variants, here("force", index, "variant")),
    ),
    ...experience.prerequisites.flatMap((prerequisite, index) =>
      prerequisiteProblems(draft, prerequisite, here("prerequisites", index)),
    ),
    ...experience.variants.flatMap((variant) =>
      Object.keys(variant.slots).flatMap((slot) =>
        known("slot", slot, draft.slots, here("variants", variant.key, "slots", slot)),
      ),
    ),
  ];
}

function prerequisiteProblems(
  draft: Draft,
  required: Experience["prerequisites"][number],
  path: string,
): readonly Problem[] {
  if ("slot" in required) return known("slot", required.slot, draft.slots, `${path}${at("slot")}`);
  const { experience, variants } = required;
  const target = Object.hasOwn(draft.experiences, experience) ? draft.experiences[experience] : undefined;
  if (target === undefined) return known("experience", experience, draft.experiences, path);
  const arms = Object.fromEntries(target.variants.map((variant) => [variant.key, variant]));
  return variants.flatMap((name, index) => known("variant", name, arms, `${path}${at("variants", index)}`));
}

function known(what: string, name: string, among: Readonly<Record<string, unknown>>, path: string): readonly Problem[] {
  if (Object.hasOwn(among, name)) return [];
  const advice = suggest(name, Object.keys(among), `Define it under \`${what}s\`, or take it out.`);
  return [problem(path, `No ${what} is named "${name}".`, advice)];
}
