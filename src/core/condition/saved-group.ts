import { isObject } from "../json.ts";
import type { Scope } from "./clause.ts";
import { type Groups, groupOf } from "./groups.ts";
import { never, type Test } from "./logic.ts";

/** What references to saved groups are compiled with. */
export interface SavedGroupParts<F> {
  readonly groups: Groups;
  /** Ids of the groups that this reference stands in: a group within itself matches nobody. */
  readonly within: readonly string[];
  /** Compiles a group's condition for the facts at hand. */
  readonly compile: (condition: unknown, id: string, path: string) => Test<F>;
}

/**
 * Compiles `{"$savedGroup": {"id", "attributeKey"?}}`: the fact that the group (or the reference) names is among its
 * members, or the group's condition holds. What is unknown or malformed matches nobody.
 */
export function compileSavedGroup<F>(
  reference: unknown,
  path: string,
  scope: Scope<F>,
  { groups, within, compile }: SavedGroupParts<F>,
): Test<F> {
  const parsed = referenceOf(reference);
  if (parsed && !within.includes(parsed.id)) {
    const group = groupOf(groups, parsed.id);
    if (group.kind === "condition") return compile(group.condition, parsed.id, path);
    const attribute = group.kind === "list" ? (parsed.attribute ?? group.attribute) : null;
    if (group.kind === "list" && attribute !== null) return isMember(attribute, group.members, path, scope);
  }
  scope.compiling.report(path, "There is no such saved group.", 'Write {"id": "…"} of a group not part of itself.');
  return never;
}

function isMember<F>(attribute: string, members: readonly unknown[], path: string, scope: Scope<F>): Test<F> {
  const fact = scope.resolve(attribute, null);
  if (!fact.ok) {
    scope.compiling.report(path, fact.error.message, fact.error.advice);
    return never;
  }
  scope.read(attribute);
  const test = scope.compiling.value({ $in: members }, path);
  return (facts) => test(fact.value(facts));
}

function referenceOf(reference: unknown): { readonly id: string; readonly attribute: string | null } | null {
  if (!isObject(reference) || typeof reference.id !== "string") return null;
  const { id, attributeKey } = reference;
  if (attributeKey === undefined) return { id, attribute: null };
  return typeof attributeKey === "string" ? { id, attribute: attributeKey } : null;
}
