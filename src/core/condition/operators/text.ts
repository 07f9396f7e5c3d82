import { never } from "../logic.ts";
import type { Operator, OperatorFamily } from "../operator.ts";
import { compilePattern } from "../regex/pattern.ts";

/** @param wanted whether the value must match, or must not. A pattern that is refused is false either way. */
const matching =
  (ignoreCase: boolean, wanted: boolean): Operator =>
  (operand, path, { report }) => {
    if (typeof operand !== "string") {
      report(path, "A pattern must be a text.", "Write the regular expression in quotes, without slashes around it.");
      return never;
    }
    const pattern = compilePattern(operand, ignoreCase);
    if (!pattern.ok) {
      report(path, pattern.error.message, pattern.error.advice);
      return never;
    }
    const { answer } = pattern.value;
    return (value) => answer(typeof value === "string" ? value : String(value)) === wanted;
  };

/**
 * `$regex` and `$regexi` (case ignored), found anywhere in the value; `$notRegex` and `$notRegexi`, found nowhere. A value
 * that is no text is turned into one as JavaScript does, so a missing one is the text `null`.
 */
export const text: OperatorFamily = {
  $regex: matching(false, true),
  $regexi: matching(true, true),
  $notRegex: matching(false, false),
  $notRegexi: matching(true, false),
};
