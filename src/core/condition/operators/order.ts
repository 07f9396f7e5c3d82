import type { Operator, OperatorFamily } from "../operator.ts";

/** What JavaScript's `<` is said to take. It takes anything: null is 0, a numeric text beside a number a number. */
type Ordered = number | string;

/** `compare` is given twice over numbers alone, so that the engine compares them as such. */
const ordering =
  (compare: (a: Ordered, b: Ordered) => boolean, compareNumbers: (a: number, b: number) => boolean): Operator =>
  (operand, path, { report }) => {
    if (typeof operand !== "string" && !Number.isFinite(operand)) {
      report(path, "This can't be put in order.", "Compare with a number or a text.");
    }
    const bound = operand as Ordered; // see Ordered
    if (typeof bound !== "number") return (value) => compare(value as Ordered, bound);
    return (value) => (typeof value === "number" ? compareNumbers(value, bound) : compare(value as Ordered, bound));
  };

/** `$lt`, `$lte`, `$gt` and `$gte`: JavaScript's order. Texts by code unit, mixed types as numbers. */
export const order: OperatorFamily = {
  $lt: ordering(
    (a, b) => a < b,
    (a, b) => a < b,
  ),
  $lte: ordering(
    (a, b) => a <= b,
    (a, b) => a <= b,
  ),
  $gt: ordering(
    (a, b) => a > b,
    (a, b) => a > b,
  ),
  $gte: ordering(
    (a, b) => a >= b,
    (a, b) => a >= b,
  ),
};
