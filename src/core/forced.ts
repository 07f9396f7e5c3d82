import { type Assignment, refused } from "./assignment.ts";
import { type AudienceFinder, compileWhen } from "./audience.ts";
import type { Experience } from "./draft.ts";
import type { Gate } from "./gate.ts";

/** A preview's own choice comes before everything. A variant that does not exist is ignored. */
export function previewGate(key: string, { variants }: Experience, forced: readonly Assignment[]): Gate {
  const arms = variants.map((variant) => variant.key);
  return {
    detail: "forced",
    reads: [],
    say: ({ forced: wanted }) =>
      Object.hasOwn(wanted, key) ? `a preview asks for \`${wanted[key] ?? ""}\`` : "no preview asks for a variant",
    judge: ({ isForced, forced: wanted }) =>
      isForced && Object.hasOwn(wanted, key) ? (forced[arms.indexOf(wanted[key] ?? "")] ?? null) : null,
  };
}

/** Authored rules that give a variant outright to whom they describe; `null` when there are none. The first that holds decides. */
export function forceGate(experience: Experience, forced: readonly Assignment[], find: AudienceFinder): Gate | null {
  if (experience.force.length === 0) return null;
  const arms = experience.variants.map(({ key }) => key);
  const rules = experience.force.map(({ when, variant }) => ({
    ...compileWhen(when, find),
    assignment: forced[arms.indexOf(variant)] ?? refused.killed,
  }));
  return {
    detail: "forced",
    reads: rules.flatMap(({ reads }) => reads),
    say: (subject) => {
      const held = rules.findIndex(({ test }) => test(subject));
      return held === -1 ? "no force rule describes the visitor" : `force rule ${held + 1} describes the visitor`;
    },
    judge: (subject) => rules.find(({ test }) => test(subject))?.assignment ?? null,
  };
}
