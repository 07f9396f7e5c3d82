import type { Json, JsonObject } from "../../json.ts";
import { pointerOf } from "../../problem.ts";
import type { ParentCondition, Payload } from "../payload.ts";
import { holds } from "../person.ts";
import { isGiven } from "../run-experiment.ts";
import type { Conditions } from "./import-condition.ts";
import type { Tell } from "./notes.ts";

/** What stands before a rule: slots that must be as required; and gates, each with what must hold for it to be asked. */
export interface Before {
  /** `null`: never, since a prerequisite can't hold. */
  readonly prerequisites: readonly JsonObject[] | null;
  readonly gates: readonly (readonly JsonObject[])[];
}

export interface PrerequisiteParts {
  readonly payload: Payload;
  readonly conditions: Conditions;
  readonly slotOf: (feature: string) => string | null;
  readonly tell: Tell;
}

/** @param of the feature whose rule it is, or `null`: what waits for itself ends it. */
export function beforeRule(
  parents: readonly ParentCondition[],
  of: string | null,
  where: string,
  parts: PrerequisiteParts,
): Before {
  const open: JsonObject[] = [];
  const gates: (readonly JsonObject[])[] = [];
  for (const [index, parent] of parents.entries()) {
    const here = where + pointerOf("parentConditions", index);
    const required = requirementOf(parent, of, here, parts);
    if (required === "always") continue;
    const isShut = required === "never" || required === "cyclic";
    const blocks = required === "cyclic" ? of !== null : parent.gate;
    if (blocks) gates.push(isShut ? [...open] : [...open, { slot: required.slot, when: { $not: required.when } }]);
    if (isShut) return { prerequisites: null, gates };
    open.push(required);
  }
  return { prerequisites: open, gates };
}

type Requirement = { readonly slot: string; readonly when: JsonObject } | "always" | "never" | "cyclic";

function requirementOf(
  parent: ParentCondition,
  of: string | null,
  where: string,
  parts: PrerequisiteParts,
): Requirement {
  const { payload, conditions, tell } = parts;
  const slot = parts.slotOf(parent.id);
  if (slot === null) {
    tell(where, `there is no feature "${parent.id}"`, "Its value is null, as with GrowthBook; import it too.");
    return !isGiven(parent.condition) || holds(parent.condition, { value: null }, payload) ? "always" : "never";
  }
  if (of !== null && leadsTo(parent.id, of, payload)) {
    tell(where, `"${of}" and "${parent.id}" wait for one another`, "GrowthBook's answer is null here; take one out.");
    return "cyclic";
  }
  const when = conditions.ofValue(parent.condition, `${where}/condition`);
  return Object.keys(when).length === 0 ? "always" : { slot, when };
}

/** Whether a feature's prerequisites, however far, name another. */
function leadsTo(from: string, to: string, { features }: Payload): boolean {
  const seen = new Set<string>();
  const rest = [from];
  for (let id = rest.pop(); id !== undefined; id = rest.pop()) {
    if (id === to) return true;
    if (seen.has(id) || !Object.hasOwn(features, id)) continue;
    seen.add(id);
    rest.push(
      ...(features[id]?.rules.flatMap(({ parentConditions }) => parentConditions.map((each) => each.id)) ?? []),
    );
  }
  return false;
}

/** As a member of the file, when there are any. */
export const prerequisitesFile = (prerequisites: readonly JsonObject[]): JsonObject =>
  prerequisites.length === 0 ? {} : { prerequisites: prerequisites as readonly Json[] };
