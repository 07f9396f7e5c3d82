import { isObject, type Json } from "../json.ts";

/**
 * Lists and conditions that conditions name, by id: GrowthBook's saved groups in both shapes, a bare list of members, or
 * `{"type": "list", "attributeKey", "values"}` and `{"type": "condition", "condition"}`.
 */
export type Groups = Readonly<Record<string, unknown>>;

/** What is known of a group. Anything a prototype holds, such as `constructor`, is no group and not unknown either. */
export type Group =
  | { readonly kind: "unknown" }
  /** A bare list, for `$inGroup`: it names no fact. */
  | { readonly kind: "bare"; readonly members: readonly unknown[] }
  | { readonly kind: "list"; readonly members: readonly unknown[]; readonly attribute: string | null }
  | { readonly kind: "condition"; readonly condition: Json }
  | { readonly kind: "malformed" };

export function groupOf(groups: Groups, id: string): Group {
  if (!(id in groups)) return { kind: "unknown" };
  const entry = Object.hasOwn(groups, id) ? groups[id] : null;
  if (entry === undefined) return { kind: "unknown" };
  if (Array.isArray(entry)) return { kind: "bare", members: entry };
  if (!isObject(entry)) return { kind: "malformed" };
  if (entry.type === "list" && Array.isArray(entry.values)) {
    const attribute = entry.attributeKey;
    return { kind: "list", members: entry.values, attribute: typeof attribute === "string" ? attribute : null };
  }
  if (entry.type === "condition" && typeof entry.condition === "object" && entry.condition !== null) {
    return { kind: "condition", condition: entry.condition };
  }
  return { kind: "malformed" };
}
