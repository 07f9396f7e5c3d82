import type { OperatorFamily } from "../operator.ts";
import { isScalar } from "../operator.ts";

const comparable =
  "Compare with a text, a number, true, false or null; a list or an object is given without an operator.";

/** `$eq` and `$ne`: the very same value, of the same type. Nothing is converted. */
export const equality: OperatorFamily = {
  $eq: (operand, path, { report }) => {
    if (!isScalar(operand)) report(path, "$eq never holds for this value.", comparable);
    return (value) => value === operand;
  },
  $ne: (operand, path, { report }) => {
    if (!isScalar(operand)) report(path, "$ne always holds for this value.", comparable);
    return (value) => value !== operand;
  },
};
