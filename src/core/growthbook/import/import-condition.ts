import { languageProblems, slotConditionProblems } from "../../check/condition-language.ts";
import { groupOf } from "../../condition/groups.ts";
import { isObject, type Json, type JsonObject } from "../../json.ts";
import { pointerOf } from "../../problem.ts";
import { isEmpty } from "../person.ts";
import type { AttributeMap } from "./attribute-map.ts";
import type { Keys } from "./keys.ts";
import type { Tell } from "./notes.ts";

/** A condition that holds for nobody. */
const nobody: JsonObject = { $nor: [{}] };

export interface ConditionParts {
  readonly groups: JsonObject;
  readonly attributes: AttributeMap;
  readonly keys: Keys;
  readonly tell: Tell;
}

/**
 * Turns GrowthBook's conditions over attributes into ours over facts. Saved groups become audiences, those that `$inGroup`
 * names are written out; what our language refuses is told.
 */
export class Conditions {
  /** Audiences made for saved groups, by key. */
  readonly audiences: Record<string, { readonly description: string; readonly when: JsonObject }> = {};
  readonly #parts: ConditionParts;
  /** Audience keys by group and attribute; `null` while the group is being made. */
  readonly #made = new Map<string, string | null>();

  constructor(parts: ConditionParts) {
    this.#parts = parts;
  }

  /** @returns `null` for everyone. */
  of(condition: Json, where: string): JsonObject | null {
    if (isEmpty(condition)) return null;
    if (!isObject(condition)) {
      this.#parts.tell(where, "is no condition", "Nobody is meant by it here; write it as an object.");
      return nobody;
    }
    if (Object.keys(condition).length === 0) return null;
    return this.#ifTaken(this.#clause(condition, where), languageProblems, where);
  }

  /** A condition over another feature's value, which keeps its one fact, `value`. */
  ofValue(condition: Json, where: string): JsonObject {
    if (isEmpty(condition)) return {};
    if (!isObject(condition)) return nobody;
    return this.#ifTaken(this.#withoutGroups(condition, where) as JsonObject, slotConditionProblems, where);
  }

  /** The condition, or nobody and why where it would be refused on save: GrowthBook takes patterns that could stall a page. */
  #ifTaken(condition: JsonObject, check: typeof languageProblems, where: string): JsonObject {
    const problems = check(condition);
    for (const { path, message, advice } of problems)
      this.#parts.tell(where, `${message} (at ${path} of ours)`, `Nobody is meant until it is written anew. ${advice}`);
    return problems.length === 0 ? condition : nobody;
  }

  #clause(condition: JsonObject, where: string): JsonObject {
    const clauses = Object.entries(condition).map(([key, operand]) =>
      this.#member(key, operand, where + pointerOf(key)),
    );
    return allOf(clauses);
  }

  #member(key: string, operand: Json, where: string): JsonObject {
    if (key === "$and" || key === "$or" || key === "$nor") return { [key]: this.#clauses(operand, where) };
    if (key === "$not") return { $not: isObject(operand) ? this.#clause(operand, where) : operand };
    if (key === "$savedGroup") return this.#savedGroup(operand, where);
    const fact = this.#parts.attributes.factOf(key, where);
    if (!isObject(operand) || !hasBoth(operand)) return { [fact]: this.#withoutGroups(operand, where) };
    return allOf(
      Object.entries(operand).map(([name, value]) => ({ [fact]: this.#withoutGroups({ [name]: value }, where) })),
    );
  }

  #clauses(operand: Json, where: string): Json {
    if (!Array.isArray(operand)) return operand;
    return operand.map((each: Json, index) => (isObject(each) ? this.#clause(each, where + pointerOf(index)) : each));
  }

  #savedGroup(reference: Json, where: string): JsonObject {
    const id = isObject(reference) && typeof reference.id === "string" ? reference.id : "";
    const group = groupOf(this.#parts.groups, id);
    if (group.kind === "condition") return this.#audience(id, id, () => this.of(group.condition, where) ?? {}, where);
    const named = isObject(reference) && typeof reference.attributeKey === "string" ? reference.attributeKey : null;
    const attribute = group.kind === "list" ? (named ?? group.attribute) : null;
    if (group.kind !== "list" || attribute === null) {
      this.#tellUnknown(id, where);
      return nobody;
    }
    const fact = this.#parts.attributes.factOf(attribute, where);
    return this.#audience(`${id}\u0000${fact}`, id, () => ({ [fact]: { $in: group.members as Json } }), where);
  }

  /** A group within itself matches nobody, as with GrowthBook. */
  #audience(name: string, id: string, make: () => JsonObject, where: string): JsonObject {
    const known = this.#made.get(name);
    if (known === null) {
      this.#parts.tell(where, `the saved group "${id}" is part of itself`, "Nobody is in it; mend the group.");
      return nobody;
    }
    if (known !== undefined) return { [`audience.${known}`]: true };
    this.#made.set(name, null);
    const when = make();
    const key = this.#parts.keys.give(`group-${id}`);
    this.#made.set(name, key);
    this.audiences[key] = { description: `GrowthBook's saved group ${id}`, when };
    return { [`audience.${key}`]: true };
  }

  #tellUnknown(id: string, where: string): void {
    this.#parts.tell(
      where,
      `there is no such saved group "${id}"`,
      "Nobody is in it, as with GrowthBook; import it too.",
    );
  }

  /** `$inGroup` and `$notInGroup` written out, wherever they stand. */
  #withoutGroups(value: Json, where: string): Json {
    if (Array.isArray(value)) return value.map((each: Json) => this.#withoutGroups(each, where));
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, member]): [string, Json] => {
        const plain = plainOperator[key];
        return plain === undefined
          ? [key, this.#withoutGroups(member, where)]
          : [plain, this.#membersOf(member, where)];
      }),
    );
  }

  #membersOf(id: Json, where: string): Json {
    const group = groupOf(this.#parts.groups, String(id));
    if (group.kind === "bare" || group.kind === "list") return group.members as Json;
    this.#tellUnknown(String(id), where);
    return [];
  }
}

const plainOperator: Readonly<Record<string, string>> = { $inGroup: "$in", $notInGroup: "$nin" };

/** Written out, two operators would have one name. */
const hasBoth = (operand: JsonObject): boolean =>
  Object.entries(plainOperator).some(
    ([group, plain]) => Object.hasOwn(operand, group) && Object.hasOwn(operand, plain),
  );

/** All of these: as one object where no fact is named twice. */
export function allOf(clauses: readonly JsonObject[]): JsonObject {
  const [first = {}] = clauses;
  if (clauses.length <= 1) return first;
  const keys = clauses.flatMap((clause) => Object.keys(clause));
  return new Set(keys).size === keys.length ? Object.assign({}, ...clauses) : { $and: clauses };
}
