import type { HeaderOperation, Operation } from "../draft.ts";
import { headerRefusal, isHeaderValue } from "../header-rules.ts";
import { problemsOfJson } from "../json-edit/json-operations.ts";
import { problemsOfHtml } from "../operation/html-operations.ts";
import { type Problem, problem } from "../problem.ts";

/** What is wrong with one operation beyond its selector, pointer and templates. Pointers begin at the operation. */
export function operationProblems(operation: Operation): readonly Problem[] {
  if ("selector" in operation) return problemsOfHtml(operation, "");
  return "header" in operation ? headerProblems(operation) : problemsOfJson(operation, "");
}

function headerProblems({ header, action, value }: HeaderOperation): readonly Problem[] {
  const refusal = headerRefusal(header, action);
  if (refusal !== null)
    return [
      problem("/header", `"${header}" can't be changed: ${refusal}.`, "Take the operation out, or use another header."),
    ];
  if (action === "remove") return [];
  if (value === null) return [problem("", `${action} has no value.`, 'Add "value" with the header\'s text.')];
  return isHeaderValue(value)
    ? []
    : [problem("/value", "A header can't carry this value.", "Use one line of Latin letters, digits and signs.")];
}
