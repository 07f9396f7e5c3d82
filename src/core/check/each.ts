import type { Draft, Experience, Variant } from "../draft.ts";
import { type Problem, pointerOf } from "../problem.ts";

/** A pointer into the file, so that checks say where as people wrote it. */
export const at = (...segments: readonly (string | number)[]): string => pointerOf(...segments);

/** Runs a check on every experience. */
export const ofExperiences = (
  draft: Draft,
  check: (experience: Experience, key: string) => readonly Problem[],
): readonly Problem[] => Object.entries(draft.experiences).flatMap(([key, experience]) => check(experience, key));

/** Runs a check on every variant; `path` points at the variant. */
export const ofVariants = (
  draft: Draft,
  check: (variant: Variant, path: string, experience: Experience) => readonly Problem[],
): readonly Problem[] =>
  ofExperiences(draft, (experience, key) =>
    experience.variants.flatMap((variant) =>
      check(variant, at("experiences", key, "variants", variant.key), experience),
    ),
  );

/** Problems that point from a value on, as seen from the whole file. */
export const below = (path: string, problems: readonly Problem[]): readonly Problem[] =>
  problems.map((each) => ({ ...each, path: `${path}${each.path}` }));
