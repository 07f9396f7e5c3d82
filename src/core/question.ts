import type { FactReader } from "./facts.ts";
import { isObject, type Json } from "./json.ts";

/**
 * What a part of a condition asks of one fact, if it is so plain that a table can answer it: whether a text is one of
 * these, or how a number compares. Everything else is asked by calling its test.
 */
export type Question =
  | { readonly kind: "oneOf"; readonly values: readonly string[] }
  | { readonly kind: "order"; readonly operator: OrderOperator; readonly bound: number };

export type OrderOperator = "$lt" | "$lte" | "$gt" | "$gte";

/** A question with the fact that it is about. */
export interface AskedFact {
  readonly path: string;
  readonly read: FactReader;
  readonly question: Question;
}

const orderOperators: ReadonlySet<string> = new Set<OrderOperator>(["$lt", "$lte", "$gt", "$gte"]);
const isOrder = (operator: string): operator is OrderOperator => orderOperators.has(operator);

/** The question that an operand asks, or `null` when it is not that plain. */
export function questionOf(operand: Json): Question | null {
  if (typeof operand === "string") return oneOf([operand]);
  const [only, ...more] = isObject(operand) ? Object.entries(operand) : [];
  if (only === undefined || more.length > 0) return null;
  const [operator, value] = only;
  if (operator === "$in" && Array.isArray(value)) return oneOf(value);
  if (operator === "$eq" && typeof value === "string") return oneOf([value]);
  return isOrder(operator) && typeof value === "number" ? { kind: "order", operator, bound: value } : null;
}

/** A text is never equal to what is no text. */
const oneOf = (values: readonly unknown[]): Question => ({
  kind: "oneOf",
  values: values.filter((value) => typeof value === "string"),
});
