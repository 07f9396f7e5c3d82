import { not } from "../logic.ts";
import type { OperatorFamily } from "../operator.ts";

/** `$not` beside a fact: what follows does not hold for its value. */
export const negation: OperatorFamily = {
  $not: (operand, path, { value: compileValue }) => not(compileValue(operand, path)),
};
