import type { OperatorFamily } from "../operator.ts";

const types = ["string", "number", "boolean", "array", "object", "null", "undefined"];

/** A value's type in the words of {@link types}. */
function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  const type = typeof value;
  return types.includes(type) ? type : "unknown";
}

const present = (value: unknown): boolean => value !== null && value !== undefined;
const absent = (value: unknown): boolean => value === null || value === undefined;

/** `$exists`: neither missing nor null, or the opposite. `$type`: the kind of value; missing is `null`. */
export const existence: OperatorFamily = {
  $exists: (operand, path, { report }) => {
    if (typeof operand !== "boolean") report(path, "$exists is true or false.", "Write true or false without quotes.");
    return operand ? present : absent;
  },
  $type: (operand, path, { report }) => {
    if (typeof operand !== "string" || !types.includes(operand)) {
      report(path, "This is no type.", `Write one of ${types.join(", ")}.`);
    }
    return (value) => typeOf(value) === operand;
  },
};
