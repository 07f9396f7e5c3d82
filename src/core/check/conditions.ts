import { suggest } from "../did-you-mean.ts";
import type { Draft } from "../draft.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import { type Problem, problem } from "../problem.ts";
import { languageProblems, slotConditionProblems } from "./condition-language.ts";
import { at, below, ofExperiences } from "./each.ts";

/** Every condition, in its own language and in the audiences it names. */
export function checkConditions(draft: Draft): readonly Problem[] {
  const check = (condition: JsonObject, path: string): readonly Problem[] =>
    below(path, [...languageProblems(condition), ...unknownAudiences(condition, draft)]);
  return [
    ...Object.entries(draft.audiences).flatMap(([key, { when }]) => check(when, at("audiences", key, "when"))),
    ...ofExperiences(draft, ({ audience, force, prerequisites }, key) => [
      ...(isObject(audience) ? check(audience, at("experiences", key, "audience")) : []),
      ...force.flatMap(({ when }, index) => check(when, at("experiences", key, "force", index, "when"))),
      ...prerequisites.flatMap((required, index) =>
        "slot" in required
          ? below(at("experiences", key, "prerequisites", index, "when"), slotConditionProblems(required.when))
          : [],
      ),
    ]),
  ];
}

function unknownAudiences(condition: JsonObject, { audiences }: Draft): readonly Problem[] {
  return audiencesIn(condition)
    .filter(({ name }) => !Object.hasOwn(audiences, name))
    .map(({ name, path }) =>
      problem(
        path,
        `No audience is named "${name}".`,
        suggest(name, Object.keys(audiences), "Define it under `audiences`, or take it out."),
      ),
    );
}

/** The audiences that a condition refers to as `audience.<key>`, with where. */
export function audiencesIn(condition: JsonObject): readonly { readonly name: string; readonly path: string }[] {
  const found: { readonly name: string; readonly path: string }[] = [];
  const rest: { readonly value: Json; readonly path: string }[] = [{ value: condition, path: "" }];
  for (let item = rest.pop(); item !== undefined; item = rest.pop()) {
    const { value, path } = item;
    if (Array.isArray(value)) value.forEach((each, index) => void rest.push({ value: each, path: path + at(index) }));
    if (!isObject(value)) continue;
    for (const [key, member] of Object.entries(value)) {
      const here = path + at(key);
      if (key.startsWith("audience.")) found.push({ name: key.slice("audience.".length), path: here });
      rest.push({ value: member, path: here });
    }
  }
  return found;
}
